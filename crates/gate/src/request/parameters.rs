//! Parameters of the query string and of forms, decoded strictly.

use super::{Malformed, escape};

/// Decoded parameters in their order. Names are compared exactly, as every database does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses `a=b&c=d`. A raw `;` is refused: Go and others disagree on whether it separates.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// Parses the body of a form.
    pub(crate) fn form(body: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body).map_err(|_| Malformed::Escape)?;
        if text.contains(|letter: char| letter.is_control()) { Err(Malformed::Control) } else { Self::parse(text) }
    }

    /// Returns the value of a parameter that may occur once.
    ///
    /// # Errors
    /// Fails if it occurs twice, even with the same value.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Malformed> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() { Err(Malformed::Repeated(name.into())) } else { Ok(first) }
    }

    /// Returns the value of a parameter that may occur once; an empty one counts as absent, as in every database.
    ///
    /// # Errors
    /// Fails if it occurs twice.
    pub fn filled(&self, name: &str) -> Result<Option<&str>, Malformed> {
        Ok(self.one(name)?.filter(|value| !value.is_empty()))
    }

    /// Returns every value of a parameter.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the pairs in their order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Returns these parameters followed by others, as a form follows the query string.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Removes every parameter of the names.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(key, _)| !names.contains(&key.as_str()));
        self
    }

    /// Returns the listed parameters in the order of the list, each at most once. Others are left out, as a database
    /// that does not know them would ignore them.
    pub(crate) fn pick(&self, names: &[&'static str]) -> Result<Vec<(String, String)>, Malformed> {
        let mut picked = Vec::new();
        for name in names {
            if let Some(value) = self.one(name)? {
                picked.push(((*name).to_owned(), value.to_owned()));
            }
        }
        Ok(picked)
    }
}

fn pair(text: &str) -> Result<(String, String), Malformed> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let (key, value) = (part(key)?, part(value)?);
    if key.contains(char::is_control) || value.contains('\0') { Err(Malformed::Control) } else { Ok((key, value)) }
}

fn part(text: &str) -> Result<String, Malformed> {
    if text.contains(';') {
        return Err(Malformed::TargetCharacter);
    }
    escape::decode(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_the_same_however_it_is_escaped() {
        let plain = Parameters::parse("db=a&q=x+y");
        assert_eq!(Parameters::parse("%64b=%61&&q=x%20y&"), plain);
        assert_eq!(plain.unwrap().pairs(), [("db".into(), "a".into()), ("q".into(), "x y".into())]);
    }

    #[test]
    fn what_programs_read_differently_is_refused() {
        for text in ["db=a;db=b", "db=%", "db=%4", "db=%zz", "db=%ff", "db=%+1", "db=a%00b", "d%0ab=a"] {
            assert!(Parameters::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_deciding_parameter_occurs_once() {
        for text in ["db=a&db=b", "db=a&db=a", "db=a&d%62=b", "db=&db=b"] {
            let parameters = Parameters::parse(text).unwrap();
            assert_eq!(parameters.one("db"), Err(Malformed::Repeated("db".into())), "{text}");
        }
    }
}
