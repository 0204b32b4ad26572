//! The network that an address counts as: what shares a budget, and what is remembered of where
//! somebody logged in from.

use std::fmt;
use std::net::IpAddr;

/// An address as everything here knows it: IPv4 mapped into IPv6 (`::ffff:192.0.2.7`), as a socket that
/// takes both shows it, is IPv4.
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What shares a budget: an address in IPv4, a /64 in IPv6, all of which one customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match canonical(address) {
            IpAddr::V4(four) => Self(four.into()),
            IpAddr::V6(six) => Self(IpAddr::from((u128::from(six) >> 64 << 64).to_be_bytes())),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_ipv6_addresses_are_one_and_mapped_ones_are_ipv4() {
        let network_of = |address: &str| Network::from(address.parse::<IpAddr>().unwrap()).to_string();
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network_of("192.0.2.7"), "192.0.2.7");
        assert_eq!(network_of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(network_of("::ffff:192.0.2.7"), network_of("::ffff:192.0.2.8"));
    }
}
