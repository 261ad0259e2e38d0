//! `str.encode`, `bytes.decode` and `str(bytes, encoding)`.

use crate::builtins::common::Res;
use crate::builtins::convert::{named_text, self_str, text_error};
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{bytes, str};
use crate::text::codec::{self, Codec};
use taipan_gc::{Cx, Handle};

pub(in crate::builtins) fn encode<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let encoding = named_text(cx, args, 1, "encode() argument 'encoding'")?;
    let errors = named_text(cx, args, 2, "encode() argument 'errors'")?;
    let data = encode_text(cx, string.any(), encoding.as_deref(), errors.as_deref())?;
    Ok(bytes::new(cx, &data)?.any())
}

/// The bytes of a string in an encoding (UTF-8, strictly, unless said otherwise).
pub(in crate::builtins) fn encode_text(
    cx: &mut Cx<'_>,
    string: Handle<'_>,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> Result<Vec<u8>, Raised> {
    let made = {
        let text = str::of(cx, string.get(cx)).map_or(crate::text::Text::EMPTY, str::text);
        Codec::lookup(encoding.unwrap_or("utf-8"))
            .and_then(|codec| codec::encode(text, codec, errors.unwrap_or("strict")))
    };
    made.map_err(|e| text_error(cx, e, Some(string)))
}

/// The text of bytes in an encoding, as a new string.
pub(in crate::builtins) fn decode_bytes<'s>(
    cx: &mut Cx<'s>,
    data: Handle<'_>,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> Res<'s> {
    let made = {
        let data = bytes::of(cx, data.get(cx)).map_or(&[][..], bytes::content);
        Codec::lookup(encoding.unwrap_or("utf-8"))
            .and_then(|codec| codec::decode(data, codec, errors.unwrap_or("strict")))
    };
    match made {
        Ok(text) => Ok(str::from_owned(cx, &text)?.any()),
        Err(error) => Err(text_error(cx, error, Some(data))),
    }
}
