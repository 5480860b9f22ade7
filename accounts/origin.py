"""Where a request of staff comes from, as far as it may be written down."""

import ipaddress

from inquiries.guard import address_of

# Of an address so much is kept: the network of a town hall or a provider, not the household.
KEPT_BITS = {4: 24, 6: 48}
# Stands for an address that cannot be known.
NOWHERE = "0.0.0.0"  # noqa: S104


def shortened_address(request):
    """`192.0.2.0` for 192.0.2.17; NOWHERE if it cannot be known."""
    address = address_of(request)
    if not address:
        return NOWHERE
    address = ipaddress.ip_address(address)
    network = ipaddress.ip_network((address, KEPT_BITS[address.version]), strict=False)
    return str(network.network_address)
