//! `sys`: what its dict holds. The functions are in [`sys_functions`].

use super::structseq::{fields, make, namespace};
use super::{put, put_text, sys_functions};
use crate::object::layout::Dict;
use crate::object::native::NativeDef;
use crate::object::raise::Raised;
use crate::object::{bool, dict, float, int, list, native, none, root_handle, rt, str, tuple, Root};
use taipan_gc::{Cx, Handle};

/// The Python version whose behaviour this is.
const VERSION: [i64; 3] = [3, 11, 2];

const VERSION_FIELDS: &[NativeDef] = fields!("major" 0, "minor" 1, "micro" 2, "releaselevel" 3, "serial" 4);
const FLOAT_FIELDS: &[NativeDef] = fields!(
    "max" 0, "max_exp" 1, "max_10_exp" 2, "min" 3, "min_exp" 4, "min_10_exp" 5, "dig" 6, "mant_dig" 7,
    "epsilon" 8, "radix" 9, "rounds" 10,
);
const INT_FIELDS: &[NativeDef] =
    fields!("bits_per_digit" 0, "sizeof_digit" 1, "default_max_str_digits" 2, "str_digits_check_threshold" 3);
const HASH_FIELDS: &[NativeDef] = fields!(
    "width" 0, "modulus" 1, "inf" 2, "nan" 3, "imag" 4, "algorithm" 5, "hash_bits" 6, "seed_bits" 7, "cutoff" 8,
);
const FLAG_FIELDS: &[NativeDef] = fields!(
    "debug" 0, "inspect" 1, "interactive" 2, "optimize" 3, "dont_write_bytecode" 4, "no_user_site" 5, "no_site" 6,
    "ignore_environment" 7, "verbose" 8, "bytes_warning" 9, "quiet" 10, "hash_randomization" 11, "isolated" 12,
    "dev_mode" 13, "utf8_mode" 14, "warn_default_encoding" 15, "safe_path" 16, "int_max_str_digits" 17,
);

/// Makes the module and its dict, with what runs without being imported look up in it; [`complete`] does the rest.
pub fn install<'s>(cx: &mut Cx<'s>, modules: Handle<'_, Dict>) -> Result<Handle<'s>, Raised> {
    let (module, attributes) = crate::builtins::module_type::make(cx, "sys")?;
    root_handle(cx, Root::Sys).set(cx, attributes.get(cx).any());
    put(cx, attributes, "modules", modules.any())?;
    let path = rt(cx).launch.borrow().path.clone();
    let path = list::of_texts(cx, &path)?;
    put(cx, attributes, "path", path.any())?;
    Ok(module.any())
}

/// Whether [`complete`] has been there.
#[derive(Default)]
struct Whole(bool);

/// Puts everything else in the module, when it is imported first.
pub fn complete(cx: &mut Cx<'_>) -> Result<(), Raised> {
    if super::with_extension::<Whole, _>(cx, |_, whole| whole.0) {
        return Ok(());
    }
    cx.scoped(fill)?;
    super::with_extension::<Whole, _>(cx, |_, whole| whole.0 = true);
    Ok(())
}

fn fill(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let Some(attributes) = root_handle(cx, Root::Sys).downcast::<Dict>(cx) else { return Ok(()) };
    let Some(module) = crate::builtins::import::known_module(cx, "sys") else { return Ok(()) };
    native::define_all(cx, attributes, module, sys_functions::FUNCTIONS)?;
    texts(cx, attributes)?;
    numbers(cx, attributes)?;
    records(cx, attributes)?;
    for name in ["meta_path", "path_hooks", "warnoptions", "orig_argv"] {
        let empty = list::with_capacity(cx, 0)?.any();
        put(cx, attributes, name, empty)?;
    }
    let cache = dict::new(cx)?.any();
    put(cx, attributes, "path_importer_cache", cache)?;
    let nothing = none(cx);
    put(cx, attributes, "pycache_prefix", nothing)?;
    let yes = bool(cx, true);
    put(cx, attributes, "dont_write_bytecode", yes)?;
    let mut names = Vec::new();
    for name in ["builtins", "sys"].into_iter().chain(super::MODULES.iter().map(|m| m.name)) {
        names.push(str::new(cx, name)?.any());
    }
    let names = tuple::new(cx, &names)?.any();
    put(cx, attributes, "builtin_module_names", names)
}

fn texts(cx: &mut Cx<'_>, attributes: Handle<'_, Dict>) -> Result<(), Raised> {
    let executable = std::env::current_exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    for (name, text) in [
        ("version", "3.11.2 (Taipan 0.1.0)"),
        ("platform", std::env::consts::OS),
        ("byteorder", if cfg!(target_endian = "little") { "little" } else { "big" }),
        ("executable", &executable),
        ("prefix", "/usr"),
        ("exec_prefix", "/usr"),
        ("base_prefix", "/usr"),
        ("base_exec_prefix", "/usr"),
        ("platlibdir", "lib"),
        ("float_repr_style", "short"),
        ("copyright", "Copyright (c) the Taipan developers"),
    ] {
        put_text(cx, attributes, name, text)?;
    }
    Ok(())
}

fn numbers(cx: &mut Cx<'_>, attributes: Handle<'_, Dict>) -> Result<(), Raised> {
    for (name, number) in
        [("maxsize", i64::MAX), ("maxunicode", 0x10ffff), ("hexversion", 0x030b_02f0), ("api_version", 1013)]
    {
        cx.scoped(|cx| {
            let number = int::from_i64(cx, number)?;
            put(cx, attributes, name, number)
        })?;
    }
    Ok(())
}

fn ints<'s>(cx: &mut Cx<'s>, numbers: &[i64]) -> Result<Vec<Handle<'s>>, Raised> {
    numbers.iter().map(|&n| int::from_i64(cx, n)).collect()
}

fn version<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s>, Raised> {
    let mut values = ints(cx, &VERSION)?;
    values.push(str::new(cx, "final")?.any());
    values.push(int::from_i64(cx, 0)?);
    make(cx, "sys.version_info", VERSION_FIELDS, &values)
}

fn records(cx: &mut Cx<'_>, attributes: Handle<'_, Dict>) -> Result<(), Raised> {
    let version = version(cx)?;
    put(cx, attributes, "version_info", version)?;
    let name = str::new(cx, "taipan")?.any();
    let tag = str::new(cx, "taipan-311")?.any();
    let hex = int::from_i64(cx, 0x030b_02f0)?;
    let implementation = [("name", name), ("cache_tag", tag), ("version", version), ("hexversion", hex)];
    let implementation = namespace(cx, "SimpleNamespace", &implementation)?;
    put(cx, attributes, "implementation", implementation)?;

    let mut values = vec![float(cx, f64::MAX)];
    values.extend(ints(cx, &[1024, 308])?);
    values.push(float(cx, f64::MIN_POSITIVE));
    values.extend(ints(cx, &[-1021, -307, 15, 53])?);
    values.push(float(cx, f64::EPSILON));
    values.extend(ints(cx, &[2, 1])?);
    let info = make(cx, "sys.float_info", FLOAT_FIELDS, &values)?;
    put(cx, attributes, "float_info", info)?;

    let values = ints(cx, &[30, 4, 4300, 640])?;
    let info = make(cx, "sys.int_info", INT_FIELDS, &values)?;
    put(cx, attributes, "int_info", info)?;

    let mut values = ints(cx, &[64, (1 << 61) - 1, 314_159, 0, 1_000_003])?;
    values.push(str::new(cx, "siphash13")?.any());
    values.extend(ints(cx, &[64, 128, 0])?);
    let info = make(cx, "sys.hash_info", HASH_FIELDS, &values)?;
    put(cx, attributes, "hash_info", info)?;

    let mut values = ints(cx, &[0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])?;
    values.push(bool(cx, false));
    values.extend(ints(cx, &[1, 0])?);
    values.push(bool(cx, false));
    values.extend(ints(cx, &[4300])?);
    let flags = make(cx, "sys.flags", FLAG_FIELDS, &values)?;
    put(cx, attributes, "flags", flags)
}
