import pytest

from crawlers.addresses import Gate, PrivateAddressError, is_public, origin_of, without_secrets


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "0.0.0.1", "169.254.169.254"),
        *("100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"),
        *("2001:db8::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe"),
    ],
)
def test_an_address_that_not_everybody_means_is_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "64:ff9b::808:808"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_a_named_private_origin_is_open_at_exactly_its_port() -> None:
    gate = Gate(["127.0.0.1:8801"])
    gate.check("127.0.0.1", 8801)
    for address, port in (("127.0.0.1", 8802), ("127.0.0.2", 8801)):
        with pytest.raises(PrivateAddressError):
            gate.check(address, port)


def test_a_named_host_may_lie_in_a_private_network() -> None:
    gate = Gate(["Hub.lan:1200"])
    gate.approve("hub.lan", 1200, ["10.0.0.7"])
    gate.check("10.0.0.7", 1200)
    with pytest.raises(PrivateAddressError):
        gate.check("10.0.0.7", 22)


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(PrivateAddressError, match=r"10\.0\.0\.7"):
        Gate([]).approve("rebind.example", 80, ["8.8.8.8", "10.0.0.7"])


def test_a_name_that_later_means_another_address_was_not_approved_for_it() -> None:
    gate = Gate([])
    gate.approve("rebind.example", 80, ["8.8.8.8"])
    with pytest.raises(PrivateAddressError):
        gate.check("127.0.0.1", 80)


def test_an_origin_named_by_number_is_not_open_under_another_name() -> None:
    with pytest.raises(PrivateAddressError):
        Gate(["127.0.0.1:8801"]).approve("localhost", 8801, ["127.0.0.1"])


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTP://Example.COM/a?b", "http://example.com:80"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url", ["", "/a", "ftp://a/", "javascript:x", "http://", "http://a:99999/", "http://[x"]
)
def test_an_address_that_is_none_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        origin_of(url)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://desk:hunter2@hub.example/feed", "https://hub.example/feed"),
        ("https://hub.example/x?key=abc&id=3", "https://hub.example/x?key=***&id=3"),
        (
            "cannot read http://h/x?a=1&access_token=s#f now",
            "cannot read http://h/x?a=1&access_token=***#f now",
        ),
        ("https://paper.example/a?id=3", "https://paper.example/a?id=3"),
    ],
)
def test_what_people_see_of_an_address_has_no_secret_in_it(told: str, shown: str) -> None:
    assert without_secrets(told) == shown
