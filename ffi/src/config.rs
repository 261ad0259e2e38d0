//! Versions, features, managers, and reading a configuration.

use crate::abi::*;
use crate::fail::{fault, Fault};
use crate::text::{c_text, copy_out};
use std::ffi::{c_char, CStr};
use std::num::NonZeroU32;

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_abi_version() -> u32 {
    ABI
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_version_string() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!("taipan ", env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"taipan",
        };
    VERSION.as_ptr()
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_status_name(status: Status) -> *const c_char {
    status_name(status).as_ptr()
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_has(feature: *const c_char) -> i32 {
    // SAFETY: as the header says.
    match unsafe { c_text(feature, STRLEN) } {
        Ok(text) => match text.strip_prefix("manager.") {
            Some(name) => taipan_gc::managers::find(name).is_some().into(),
            None => matches!(
                text,
                "host-types"
                    | "host-classes"
                    | "remotes"
                    | "weak"
                    | "modules"
                    | "verify"
                    | "limits"
                    | "arithmetic"
                    | "keywords"
                    | "bulk"
                    | "bigints"
                    | "code"
                    | "bytecode"
                    | "buffers"
                    | "leaks"
                    | "allocators"
            )
            .into(),
        },
        Err(_) => E_ARG,
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_manager_count() -> i32 {
    taipan_gc::managers::factories().len() as i32
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_manager_name(index: i32, buffer: *mut c_char, cap: usize) -> i64 {
    let all = taipan_gc::managers::all();
    match usize::try_from(index).ok().and_then(|index| all.get(index)) {
        // SAFETY: as the header says.
        Some(facts) => unsafe { copy_out(facts.name.as_bytes(), buffer, cap) },
        None => E_RANGE.into(),
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            size: size_of::<Config>() as u32,
            abi: tpn_abi_version(),
            manager: std::ptr::null(),
            flags: 0,
            local_limit: 0,
            hard_limit: 0,
            stack_limit: 0,
            log: None,
            log_ud: std::ptr::null_mut(),
            user: std::ptr::null_mut(),
            opts: std::ptr::null(),
            n_opts: 0,
            reserved: 0,
            soft_limit: 0,
            pressure: None,
            pressure_ud: std::ptr::null_mut(),
            loader: None,
            loader_ud: std::ptr::null_mut(),
            alloc: None,
            dealloc: None,
            alloc_ud: std::ptr::null_mut(),
        }
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_config_init(config: *mut Config, size: u32) -> Status {
    if config.is_null() || !(8..=4096).contains(&size) {
        return E_ARG;
    }
    let fresh = Config { size, ..Config::default() };
    let known = size_of::<Config>().min(size as usize);
    // SAFETY: C's variable is that big.
    unsafe {
        std::ptr::write_bytes(config.cast::<u8>(), 0, size as usize);
        std::ptr::copy_nonoverlapping((&raw const fresh).cast::<u8>(), config.cast(), known);
    }
    OK
}

/// A configuration as this library knows it, from one as the caller does.
///
/// # Safety
/// `config` is NULL or one of the size that it says.
pub(crate) unsafe fn read(config: *const Config) -> Result<Config, Fault> {
    let mut known = Config::default();
    if config.is_null() {
        return Ok(known);
    }
    // SAFETY: by contract.
    let (size, abi) = unsafe { ((*config).size, (*config).abi) };
    if !(8..=4096).contains(&size) {
        return fault(E_ARG, "the size of the configuration is wrong: use tpn_config_init");
    }
    if abi >> 16 != ABI_MAJOR || abi & 0xffff > ABI_MINOR {
        return fault(E_UNSUPP, "the program was compiled for another version of the ABI");
    }
    let len = size_of::<Config>().min(size as usize);
    // SAFETY: by contract.
    unsafe { std::ptr::copy_nonoverlapping(config.cast::<u8>(), (&raw mut known).cast(), len) };
    if known.flags != 0 || known.reserved != 0 {
        return fault(E_UNSUPP, "an unknown flag is set, or what is reserved is not 0");
    }
    Ok(known)
}

/// What a configuration asks for.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) interpreter: taipan::Config,
    /// How many frames to keep of those that made what C has to give back; none: nothing is kept of them.
    pub(crate) origins: Option<NonZeroU32>,
}

/// What a configuration asks for, by its fields and its options.
///
/// # Safety
/// The pointers in `config` are as the header says.
pub(crate) unsafe fn settings(config: &Config) -> Result<Settings, Fault> {
    let mut settings = Settings::default();
    let made = &mut settings.interpreter;
    if !config.manager.is_null() {
        // SAFETY: by contract.
        made.manager = unsafe { c_text(config.manager, STRLEN) }?.to_owned();
    }
    made.heap.heap_limit = limit(config.hard_limit);
    made.heap.soft_limit = limit(config.soft_limit);
    if config.stack_limit != 0 {
        let slots = usize::try_from(config.stack_limit).unwrap_or(usize::MAX);
        made.heap.stack_slots = slots.clamp(1 << 12, 1 << 28);
    }
    if config.n_opts > 0 && config.opts.is_null() {
        return fault(E_ARG, "NULL for the options");
    }
    for at in 0..config.n_opts as usize {
        // SAFETY: by contract, the options are that many and their keys are text.
        let (key, value) = unsafe {
            let option = *config.opts.add(at);
            (c_text(option.key, STRLEN)?, option.value)
        };
        option(&mut settings, key, value)?;
    }
    Ok(settings)
}

/// A limit in bytes, where 0 means none.
pub(crate) fn limit(bytes: u64) -> Option<usize> {
    (bytes != 0).then(|| usize::try_from(bytes).unwrap_or(usize::MAX))
}

fn option(settings: &mut Settings, key: &str, value: i64) -> Result<(), Fault> {
    let config = &mut settings.interpreter;
    let (name, may_be_unknown) = key.strip_prefix('?').map_or((key, false), |name| (name, true));
    let number = u32::try_from(value);
    match (name, number) {
        ("zeal.collect_every", Ok(number)) => config.heap.zeal.collect_every = number,
        ("zeal.verify", Ok(number)) => config.heap.zeal.verify = number != 0,
        ("zeal.poison", Ok(number)) => config.heap.zeal.poison = number != 0,
        ("drain_portion", Ok(number)) => {
            config.heap.drain_portion = (number != 0).then_some(number as usize);
        }
        ("heap_growth", Ok(number)) => config.heap.heap_growth = (number != 0).then_some(number),
        ("marking_thread", Ok(number)) => config.heap.marking_thread = number != 0,
        ("debug.origins", Ok(number)) => settings.origins = NonZeroU32::new(number),
        ("recursion_limit", Ok(number)) => config.recursion_limit = number,
        _ if may_be_unknown => {}
        (_, Ok(_)) => return fault(E_ARG, format!("unknown option '{name}'")),
        _ => return fault(E_ARG, format!("the value of the option '{name}' is out of range")),
    }
    Ok(())
}
