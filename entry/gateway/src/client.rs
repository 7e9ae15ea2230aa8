//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;

const FORWARDED_FOR: &str = "x-forwarded-for";
const CF_CONNECTING_IP: &str = "cf-connecting-ip";

/// Networks whose word about the caller's address is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// The first bits that all its addresses share. Those of version 4 are taken as they are written in version 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    start: u128,
    bits: u32,
}

/// Why a list of proxies cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is neither loopback, private, nor a network such as 10.1.0.0/16 or 2001:db8::/32")]
pub struct BadNetwork(String);

const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1/128"];
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

impl FromStr for Proxies {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let mut networks = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "loopback" => networks.extend(LOOPBACK.iter().filter_map(|text| network(text))),
                "private" => networks.extend(PRIVATE.iter().filter_map(|text| network(text))),
                _ => networks.push(network(word).ok_or_else(|| BadNetwork(word.to_owned()))?),
            }
        }
        Ok(Self(networks))
    }
}

impl Proxies {
    /// Whether an address is one of theirs.
    #[must_use]
    pub fn include(&self, address: IpAddr) -> bool {
        let address = number(address);
        self.0.iter().any(|network| masked(address, network.bits) == network.start)
    }
}

/// An address or a network; bits beyond its length must be zero, or it is not what its writer meant.
fn network(text: &str) -> Option<Network> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse::<u32>().ok()?)),
        None => (text.parse().ok()?, None),
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    if bits > most {
        return None;
    }
    let network = Network { start: number(address), bits: bits + 128 - most };
    (masked(network.start, network.bits) == network.start).then_some(network)
}

fn masked(address: u128, bits: u32) -> u128 {
    address & u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// What is believed about a caller's address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClientFrom {
    /// The other end of the connection, and no header.
    #[default]
    Peer,
    /// `X-Forwarded-For` of a proxy, read from its end: what was there before is the caller's own.
    Forwarded,
    /// `CF-Connecting-IP` of a proxy that lets in nobody but Cloudflare: a tunnel, or one that asks Cloudflare for the
    /// client certificate of this installation's own zone. Cloudflare's addresses alone prove nothing, because
    /// anybody's programs run on them.
    Cloudflare,
}

impl FromStr for ClientFrom {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "peer" => Ok(Self::Peer),
            "forwarded" => Ok(Self::Forwarded),
            "cloudflare" => Ok(Self::Cloudflare),
            _ => Err("peer, forwarded or cloudflare"),
        }
    }
}

/// The address of whoever asks.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, from: ClientFrom, proxies: &Proxies) -> IpAddr {
    let peer = peer.to_canonical();
    if !proxies.include(peer) {
        return peer;
    }
    match from {
        ClientFrom::Peer => peer,
        ClientFrom::Forwarded => forwarded(peer, headers, proxies),
        ClientFrom::Cloudflare => {
            let mut stated = headers.get_all(CF_CONNECTING_IP).iter();
            let only = stated.next().filter(|_| stated.next().is_none());
            only.and_then(|value| address(value.to_str().ok()?)).unwrap_or(peer)
        }
    }
}

/// Each proxy adds its caller at the end: from there to the first that is none of ours.
fn forwarded(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut nearest = peer;
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        let Ok(line) = line.to_str() else { return nearest };
        for stated in line.rsplit(',') {
            let Some(stated) = address(stated) else { return nearest };
            nearest = stated;
            if !proxies.include(stated) {
                return nearest;
            }
        }
    }
    nearest
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|with| with.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// What is counted as one caller. Of version 6 the first 64 bits, all of which one line has for itself.
pub(crate) fn subject(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => number(address.into()),
        IpAddr::V6(address) => masked(address.to_bits(), 64),
    }
}

/// What one customer of a network has at most: 48 bits of version 6. None for version 4, where it is one address.
pub(crate) fn wide_subject(address: IpAddr) -> Option<u128> {
    match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => Some(masked(address.to_bits(), 48)),
    }
}

/// A request without a peer, as a test makes them.
pub(crate) const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(from: ClientFrom, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let proxies: Proxies = "loopback, private, 198.51.100.0/24".parse().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, from, &proxies).to_string()
    }

    #[test]
    fn only_a_known_proxy_is_believed() {
        let seen = |peer: &str, lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| (FORWARDED_FOR, *line)).collect();
            seen(ClientFrom::Forwarded, peer, &lines)
        };
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.7", &["1.1.1.1, 203.0.113.9"]), "203.0.113.9", "what it added itself");
        assert_eq!(seen("10.0.0.7", &["1.1.1.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.7", &["1.1.1.1, 203.0.113.9, 198.51.100.3"]), "203.0.113.9", "past ours");
        assert_eq!(seen("203.0.113.4", &["1.1.1.1"]), "203.0.113.4", "anybody can write a header");
        assert_eq!(seen("::ffff:10.0.0.7", &["nonsense"]), "10.0.0.7");
        assert_eq!(seen("10.0.0.7", &["1.1.1.1, nonsense, 198.51.100.3"]), "198.51.100.3");
        assert_eq!(seen("::1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(seen("::1", &["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(seen("::1", &["10.1.1.1"]), "10.1.1.1", "nobody but ours");
    }

    #[test]
    fn cloudflares_word_is_believed_from_its_gate_alone() {
        let header = (CF_CONNECTING_IP, "203.0.113.9");
        assert_eq!(seen(ClientFrom::Cloudflare, "127.0.0.1", &[header]), "203.0.113.9");
        // One of Cloudflare's own addresses, on which anybody's programs run.
        assert_eq!(seen(ClientFrom::Cloudflare, "104.16.0.1", &[header]), "104.16.0.1");
        assert_eq!(seen(ClientFrom::Cloudflare, "127.0.0.1", &[header, header]), "127.0.0.1", "which one?");
        assert_eq!(seen(ClientFrom::Cloudflare, "127.0.0.1", &[(FORWARDED_FOR, "1.1.1.1")]), "127.0.0.1");
        assert_eq!(seen(ClientFrom::Forwarded, "127.0.0.1", &[header]), "127.0.0.1");
        assert_eq!(seen(ClientFrom::Peer, "127.0.0.1", &[header, (FORWARDED_FOR, "1.1.1.1")]), "127.0.0.1");
    }

    #[test]
    fn networks_are_read_or_refused() {
        let proxies: Proxies = " 192.0.2.0/24,2001:db8::/32, 203.0.113.7 ".parse().unwrap();
        for (address, included) in [
            ("192.0.2.255", true),
            ("::ffff:192.0.2.1", true),
            ("192.0.3.0", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("203.0.113.7", true),
            ("203.0.113.8", false),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(proxies.include(address.to_canonical()), included, "{address}");
        }
        assert!(!"".parse::<Proxies>().unwrap().include("127.0.0.1".parse().unwrap()));
        assert!("0.0.0.0/0".parse::<Proxies>().unwrap().include("8.8.8.8".parse().unwrap()));
        for bad in
            ["everybody", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "::/129", "1.1.1.1/-1", "loopback private"]
        {
            assert_eq!(bad.parse::<Proxies>(), Err(BadNetwork(bad.to_owned())));
        }
    }

    #[test]
    fn one_line_is_one_caller() {
        let of = |text: &str| subject(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:7::1"), of("2001:db8:0:7:ffff::2"));
        assert_ne!(of("2001:db8:0:7::1"), of("2001:db8:0:8::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        let wide = |text: &str| wide_subject(text.parse().unwrap());
        assert_eq!(wide("2001:db8:0:7::1"), wide("2001:db8:0:8::1"));
        assert_ne!(wide("2001:db8:0:7::1"), wide("2001:db8:1:7::1"));
        assert_eq!(wide("192.0.2.1"), None);
    }
}
