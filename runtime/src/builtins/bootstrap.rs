//! What a heap has of the language, each when somebody asks for it: the builtin classes, their attributes, and, before the first code runs, the modules
//! `builtins`, `sys` and `__main__`.

use super::{alias_types, exception_kinds, file, module_type, FUNCTIONS, TYPES};
use crate::object::builtin_classes::CLASS_BYTES;
use crate::object::classes::{self, ClassId};
use crate::object::layout::{Class, Dict};
use crate::object::names::NameId;
use crate::object::native::NativeDef;
use crate::object::raise::Raised;
use crate::object::{
    bool, builtin_classes, class, dict, list, names, native, none, root, root_handle, rt, shapes, str, table,
    Root,
};
use crate::stdlib;
use taipan_gc::sync::LazyLock;
use taipan_gc::{Cx, Handle, Local};

/// The classes that `builtins` shows; the exceptions come on top.
const SHOWN: &[ClassId] = &[
    classes::OBJECT,
    classes::TYPE,
    classes::INT,
    classes::BOOL,
    classes::FLOAT,
    classes::STR,
    classes::BYTES,
    classes::MEMORY_VIEW,
    classes::TUPLE,
    classes::LIST,
    classes::DICT,
    classes::SET,
    classes::FROZENSET,
    classes::RANGE,
    classes::SLICE,
    classes::PROPERTY,
    classes::STATIC_METHOD,
    classes::CLASS_METHOD,
    classes::SUPER,
    classes::ENUMERATE,
    classes::ZIP,
    classes::MAP,
    classes::FILTER,
    classes::REVERSED,
];

/// Classes whose instances can't be hashed.
const UNHASHABLE: &[ClassId] = &[
    classes::LIST,
    classes::DICT,
    classes::SET,
    classes::SLICE,
    classes::DICT_KEYS,
    classes::DICT_ITEMS,
    classes::MAPPING_PROXY,
];

/// Classes that are of other modules than `builtins`.
const MODULES: &[(ClassId, &str)] = &[
    (classes::UNION_TYPE, "types"),
    (classes::GENERIC_ALIAS, "types"),
    (classes::FILE, "_io"),
    (classes::FUEL_EXHAUSTED, "taipan"),
];

/// Classes that can be parameterised.
const GENERIC: &[ClassId] =
    &[classes::LIST, classes::DICT, classes::TUPLE, classes::SET, classes::FROZENSET, classes::ENUMERATE];

/// About how many names `builtins` has.
const BUILTINS: usize = 160;

static CLASS_GETITEM: NativeDef = alias_types::CLASS_GETITEM;

/// Bytes that the attributes of all builtin classes take, at the most.
const ATTRIBUTES_BYTES: usize = 320 << 10;

/// The flags of the builtin classes, by number, worked out of the tables: what the classes define beside [`TYPES`] has nothing to do with flags.
static FLAGS: LazyLock<[u16; classes::CORE]> = LazyLock::new(|| {
    std::array::from_fn(|number| {
        let defines = |id: ClassId, name: &str| methods(id).iter().any(|def| def.name == name);
        let own = |name: NameId| {
            let mut id = ClassId(number as u16);
            while id != classes::OBJECT && !defines(id, names::WELL_KNOWN[name.0 as usize]) {
                id = classes::TABLE[id.0 as usize].1;
            }
            id != classes::OBJECT
        };
        let no_dict = if number == 0 { class::NO_DICT } else { 0 };
        no_dict | class::derive_flags(classes::TABLE[number].2, true, own)
    })
});

/// Sets memory aside for what is made where nothing may fail: the builtin classes, their attributes, and the strings of the well-known names.
pub fn set_aside(cx: &Cx<'_>) -> Result<(), Raised> {
    Ok(cx.set_aside(ATTRIBUTES_BYTES + classes::CORE * CLASS_BYTES + names::KNOWN_BYTES)?)
}

/// Makes a builtin class, whose attributes follow when somebody asks for them. Takes what was set aside for it, and so can't fail.
pub(crate) fn make_class<'a>(cx: &'a Cx<'_>, id: ClassId) -> Local<'a, Class> {
    let number = id.0 as usize;
    let flags = FLAGS[number] | class::BUILTIN | class::UNFILLED;
    match cx.from_aside(CLASS_BYTES, |cx| builtin_classes::make(cx, number, flags).map(drop)) {
        Ok(()) => classes::local(cx, id),
        Err(_) => unreachable!("what is set aside for the builtin classes does not suffice"),
    }
}

/// Makes the modules that are there when a program begins, unless they are: before the first code is loaded, and before anybody looks into `sys.modules`. Where
/// memory runs out on the way, none of them is there yet.
pub fn begin(cx: &mut Cx<'_>) -> Result<(), Raised> {
    match root(cx, Root::Modules).value().is_ref() {
        true => Ok(()),
        false => cx.scoped(make_modules),
    }
}

#[cold]
fn make_modules(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let modules = dict::new(cx)?;
    let builtins = builtins(cx)?;
    let sys = stdlib::sys::install(cx, modules)?;
    cx.scoped(streams)?;
    let argv = rt(cx).launch.borrow().argv.clone();
    put_argv(cx, &argv)?;
    let (main, attributes) = module_type::make(cx, "__main__")?;
    dict::set_name(cx, attributes, names::handle(cx, names::BUILTINS), builtins)?;
    for (name, module) in [("builtins", builtins), ("sys", sys), ("__main__", main.any())] {
        stdlib::put(cx, modules, name, module)?;
    }
    root_handle(cx, Root::Modules).set(cx, modules.get(cx).any());
    Ok(())
}

/// The methods of a builtin class.
fn methods(id: ClassId) -> &'static [NativeDef] {
    TYPES.iter().find(|(of, _)| *of == id).map_or(&[], |(_, methods)| methods)
}

/// Makes the attributes of a builtin class. Takes what was set aside for them, and so can't fail.
pub(crate) fn fill_class(cx: &Cx<'_>, class: Local<'_, Class>) {
    let id = ClassId(class.id.get() as u16);
    // An entry of a table, a native and the string of its name take about 130 bytes, and a table may have twice as many entries as are used.
    let bytes = 64 + 160 * methods(id).len();
    class.flags.set(class.flags.get() & !class::UNFILLED);
    if cx.from_aside(bytes, |cx| add_attributes(cx, class, id)).is_err() {
        unreachable!("what is set aside for the attributes of builtin classes does not suffice");
    }
}

fn add_attributes(cx: &Cx<'_>, class: Local<'_, Class>, id: ClassId) -> Result<(), Raised> {
    let attributes = table::alloc(cx, shapes::DICT)?;
    class.put(cx, Class::dict, Some(attributes));
    table::try_reserve(cx, attributes, methods(id).len())?;
    for def in methods(id) {
        native::define(cx, attributes, class.any(), def)?;
    }
    constants(cx, attributes, class, id)
}

/// Class attributes that are no methods.
fn constants(
    cx: &Cx<'_>,
    attributes: Local<'_, Dict>,
    class: Local<'_, Class>,
    id: ClassId,
) -> Result<(), Raised> {
    let put = |name: &str, value: Local<'_>| -> Result<(), Raised> {
        let name = names::intern(cx, name)?;
        Ok(dict::put_name(cx, attributes, names::local(cx, name), value)?)
    };
    if UNHASHABLE.contains(&id) {
        put("__hash__", Local::NONE)?;
    }
    for name in
        exception_kinds::NONE_ATTRIBUTES.iter().filter(|(of, _)| *of == id).flat_map(|(_, names)| *names)
    {
        put(name, Local::NONE)?;
    }
    if let Some((_, module)) = MODULES.iter().find(|(of, _)| *of == id) {
        put("__module__", str::alloc(cx, module)?.any())?;
    }
    if GENERIC.contains(&id) {
        native::define(cx, attributes, class.any(), &CLASS_GETITEM)?;
    }
    if id == classes::OBJECT {
        put("__doc__", Local::NONE)?;
    }
    Ok(())
}

fn builtins<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s>, Raised> {
    let (module, attributes) = module_type::make(cx, "builtins")?;
    root_handle(cx, Root::Builtins).set(cx, attributes.get(cx).any());
    table::reserve(cx, attributes, BUILTINS)?;
    for functions in FUNCTIONS {
        native::define_all(cx, attributes, module.any(), functions)?;
    }
    // CPython has no fuel; programs meet its exception as a BaseException.
    let exceptions = (classes::BASE_EXCEPTION.0..classes::FUEL_EXHAUSTED.0).map(ClassId);
    for id in SHOWN.iter().copied().chain(exceptions) {
        let name = classes::TABLE[id.0 as usize].0;
        let class = classes::handle(cx, id).any();
        stdlib::put(cx, attributes, name, class)?;
    }
    let os_error = classes::handle(cx, classes::OS_ERROR).any();
    let (yes, no) = (bool(cx, true), bool(cx, false));
    let nothing = none(cx);
    for (name, value) in [
        ("IOError", os_error),
        ("EnvironmentError", os_error),
        ("Ellipsis", root_handle(cx, Root::Ellipsis)),
        ("NotImplemented", root_handle(cx, Root::NotImplemented)),
        ("True", yes),
        ("False", no),
        ("None", nothing),
        ("__debug__", yes),
    ] {
        stdlib::put(cx, attributes, name, value)?;
    }
    Ok(module.any())
}

fn streams(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let streams = file::standard_streams(cx)?;
    let Some(attributes) = root_handle(cx, Root::Sys).downcast::<Dict>(cx) else { return Ok(()) };
    for (name, stream) in ["stdin", "stdout", "stderr"].into_iter().zip(streams) {
        stdlib::put(cx, attributes, name, stream)?;
        stdlib::put(cx, attributes, &format!("__{name}__"), stream)?;
    }
    Ok(())
}

/// Sets `sys.argv`.
pub fn set_argv(cx: &mut Cx<'_>, argv: &[String]) -> Result<(), Raised> {
    rt(cx).launch.borrow_mut().argv = argv.to_vec();
    cx.scoped(|cx| put_argv(cx, argv))
}

/// Puts `argv` in the module `sys`, if it is there.
fn put_argv(cx: &mut Cx<'_>, argv: &[String]) -> Result<(), Raised> {
    let Some(attributes) = root_handle(cx, Root::Sys).downcast::<Dict>(cx) else { return Ok(()) };
    let argv = list::of_texts(cx, argv)?;
    stdlib::put(cx, attributes, "argv", argv.any())
}
