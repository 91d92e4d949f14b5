"""The processes of the product, one file each; a process loads only what is its own."""
