//! The modules of the standard library that are written in Python. Their text is our own; it is compiled when they are imported.

use super::SourceDef;

macro_rules! sources {
    ($($name:literal $file:literal $(is $package:ident)?;)*) => {
        &[$(SourceDef {
            name: $name,
            is_package: false $(|| stringify!($package).len() > 0)?,
            text: include_str!(concat!("python/", $file)),
        }),*]
    };
}

/// The modules.
pub(super) const SOURCES: &[SourceDef] = sources! {
    "_collections_abc" "_collections_abc.py";
    "_collections_user" "_collections_user.py";
    "abc" "abc.py";
    "collections" "collections.py" is package;
    "collections.abc" "collections_abc.py";
    "_enum_flags" "_enum_flags.py";
    "_typing_classes" "_typing_classes.py";
    "_typing_forms" "_typing_forms.py";
    "contextlib" "contextlib.py";
    "copy" "copy.py";
    "copyreg" "copyreg.py";
    "dataclasses" "dataclasses.py";
    "enum" "enum.py";
    "functools" "functools.py";
    "heapq" "heapq.py";
    "keyword" "keyword.py";
    "random" "random.py";
    "reprlib" "reprlib.py";
    "string" "string.py";
    "types" "types.py";
    "typing" "typing.py";
    "weakref" "weakref.py";
};
