"""What all stages share: nouns, ports, config, storage. Imports no stage."""
