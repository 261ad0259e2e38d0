//! What constants come to: numbers, names of constants before, `-`, `<<`, `|`, and casts to `size_t`.
//!
//! Leaves out every other operator, so that no constant needs a compiler to be understood.

use crate::tokens::Token;
use std::collections::BTreeMap;

/// The value of a constant, if it is one of these.
pub(crate) fn of(tokens: &[Token], values: &BTreeMap<String, i128>) -> Option<i128> {
    Value { tokens, at: 0, values }.whole()
}

struct Value<'a> {
    tokens: &'a [Token],
    at: usize,
    values: &'a BTreeMap<String, i128>,
}

impl Value<'_> {
    fn whole(mut self) -> Option<i128> {
        let value = self.either()?;
        (self.at == self.tokens.len()).then_some(value)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let there = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(there);
        there
    }

    fn either(&mut self) -> Option<i128> {
        let mut value = self.shifted()?;
        while self.takes(&Token::Sign("|")) {
            value |= self.shifted()?;
        }
        Some(value)
    }

    fn shifted(&mut self) -> Option<i128> {
        let mut value = self.single()?;
        while self.takes(&Token::Sign("<<")) {
            value = value.checked_shl(u32::try_from(self.single()?).ok()?)?;
        }
        Some(value)
    }

    fn single(&mut self) -> Option<i128> {
        if self.takes(&Token::Sign("-")) {
            return Some(-self.single()?);
        }
        if self.takes(&Token::Sign("(")) {
            let cast = self.takes(&Token::Word("size_t".to_owned()));
            let inside = if cast { None } else { Some(self.either()?) };
            if !self.takes(&Token::Sign(")")) {
                return None;
            }
            return match inside {
                Some(value) => Some(value),
                None => Some(self.single()? & i128::from(u64::MAX)),
            };
        }
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match token {
            Token::Number(text) => text.trim_end_matches(['u', 'U']).parse().ok(),
            Token::Word(name) if name == "UINT64_MAX" => Some(u64::MAX.into()),
            Token::Word(name) => self.values.get(name).copied(),
            _ => None,
        }
    }
}
