//! The countries Litper ships in.

use crate::money::Currency;

text_enum! {
    /// A country, spelled by its ISO 3166-1 alpha-2 code.
    pub enum Country("country") {
        /// Colombia.
        Co = "CO",
        /// Ecuador.
        Ec = "EC",
        /// Chile.
        Cl = "CL",
        /// Mexico.
        Mx = "MX",
    }
}

impl Country {
    /// The legal tender (Ecuador has used the US dollar since 2000).
    pub const fn currency(self) -> Currency {
        match self {
            Self::Co => Currency::Cop,
            Self::Ec => Currency::Usd,
            Self::Cl => Currency::Clp,
            Self::Mx => Currency::Mxn,
        }
    }

    /// The digits after `+`, from the list of assigned country codes of ITU-T E.164.
    pub const fn calling_code(self) -> &'static str {
        match self {
            Self::Co => "57",
            Self::Ec => "593",
            Self::Cl => "56",
            Self::Mx => "52",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number after `+` must name one country only.
    #[test]
    fn no_calling_code_is_the_start_of_another() {
        for &a in Country::all() {
            for &b in Country::all() {
                assert!(a == b || !a.calling_code().starts_with(b.calling_code()));
            }
        }
    }

    #[test]
    fn each_country_has_its_currency() {
        let currencies: Vec<_> = Country::all().iter().map(|c| c.currency().as_str()).collect();
        assert_eq!(currencies, ["COP", "USD", "CLP", "MXN"]);
    }
}
