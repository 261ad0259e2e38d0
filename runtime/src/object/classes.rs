//! The builtin classes: their numbers, names, bases and the layout of their instances.

use super::layout::Class;
use super::{builtin_classes, fixed, Root};
use taipan_gc::{Cx, Handle, Local};

/// Number of a builtin class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClassId(pub u16);

/// Layout of instances of plain classes.
pub const KIND_OBJECT: u8 = 0;
/// Instances have a [`List`](super::layout::List).
pub const KIND_LIST: u8 = 1;
/// Instances have a [`Dict`](super::layout::Dict) used as a dict.
pub const KIND_DICT: u8 = 2;
/// Instances have a [`Dict`](super::layout::Dict) used as a set.
pub const KIND_SET: u8 = 3;
/// Instances have a [`Dict`](super::layout::Dict) used as a frozenset.
pub const KIND_FROZENSET: u8 = 4;
/// Instances have an [`Exception`](super::layout::Exception).
pub const KIND_EXCEPTION: u8 = 5;
/// Instances have a [`Boxed`](super::layout::Boxed) int.
pub const KIND_INT: u8 = 6;
/// Instances have a [`Boxed`](super::layout::Boxed) float.
pub const KIND_FLOAT: u8 = 7;
/// Instances have a [`Boxed`](super::layout::Boxed) str.
pub const KIND_STR: u8 = 8;
/// Instances have a [`Boxed`](super::layout::Boxed) bytes.
pub const KIND_BYTES: u8 = 9;
/// Instances have a [`Boxed`](super::layout::Boxed) tuple.
pub const KIND_TUPLE: u8 = 10;
/// Instances are classes: the class is a metaclass.
pub const KIND_CLASS: u8 = 11;
/// The class can't be subclassed.
pub const KIND_FINAL: u8 = 12;
/// Instances have a [`Module`](super::layout::Module).
pub const KIND_MODULE: u8 = 13;
/// Instances have a [`Property`](super::layout::Property).
pub const KIND_PROPERTY: u8 = 14;
/// Instances have a [`Record`](super::layout::Record).
pub const KIND_RECORD: u8 = 15;
/// Instances have a [`WeakRef`](super::layout::WeakRef).
pub const KIND_WEAKREF: u8 = 16;
/// Instances start like those of the [embedder](super::class::EMBEDDED)'s class among the bases.
pub const KIND_EMBEDDED: u8 = 17;

macro_rules! classes {
    ($($id:ident $name:literal $base:ident $kind:ident;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Number { $($id),* }
        $( #[doc = concat!("`", $name, "`")] pub const $id: ClassId = ClassId(Number::$id as u16); )*
        /// Name, base and kind of every builtin class, by number. A base always comes before its subclasses.
        pub const TABLE: &[(&str, ClassId, u8)] = &[$(($name, $base, $kind)),*];
        /// Number of classes that have a number, those of library modules included.
        pub const COUNT: usize = [$($name),*].len();
    };
}

classes! {
    OBJECT "object" OBJECT KIND_OBJECT;
    TYPE "type" OBJECT KIND_CLASS;
    INT "int" OBJECT KIND_INT;
    BOOL "bool" INT KIND_FINAL;
    FLOAT "float" OBJECT KIND_FLOAT;
    NONE_TYPE "NoneType" OBJECT KIND_FINAL;
    STR "str" OBJECT KIND_STR;
    BYTES "bytes" OBJECT KIND_BYTES;
    TUPLE "tuple" OBJECT KIND_TUPLE;
    LIST "list" OBJECT KIND_LIST;
    DICT "dict" OBJECT KIND_DICT;
    SET "set" OBJECT KIND_SET;
    FROZENSET "frozenset" OBJECT KIND_FROZENSET;
    CELL "cell" OBJECT KIND_FINAL;
    FUNCTION "function" OBJECT KIND_FINAL;
    NATIVE "builtin_function_or_method" OBJECT KIND_FINAL;
    METHOD "method" OBJECT KIND_FINAL;
    MODULE "module" OBJECT KIND_MODULE;
    CODE "code" OBJECT KIND_FINAL;
    RANGE "range" OBJECT KIND_FINAL;
    SLICE "slice" OBJECT KIND_FINAL;
    RANGE_ITER "range_iterator" OBJECT KIND_FINAL;
    SEQ_ITER "iterator" OBJECT KIND_FINAL;
    LIST_ITER "list_iterator" OBJECT KIND_FINAL;
    TUPLE_ITER "tuple_iterator" OBJECT KIND_FINAL;
    STR_ITER "str_iterator" OBJECT KIND_FINAL;
    TABLE_ITER "dict_keyiterator" OBJECT KIND_FINAL;
    SET_ITER "set_iterator" OBJECT KIND_FINAL;
    NATIVE_ITER "native_iterator" OBJECT KIND_FINAL;
    GENERATOR "generator" OBJECT KIND_FINAL;
    COROUTINE "coroutine" OBJECT KIND_FINAL;
    ASYNC_GENERATOR "async_generator" OBJECT KIND_FINAL;
    PROPERTY "property" OBJECT KIND_PROPERTY;
    STATIC_METHOD "staticmethod" OBJECT KIND_FINAL;
    CLASS_METHOD "classmethod" OBJECT KIND_FINAL;
    SUPER "super" OBJECT KIND_FINAL;
    ELLIPSIS "ellipsis" OBJECT KIND_FINAL;
    NOT_IMPLEMENTED_TYPE "NotImplementedType" OBJECT KIND_FINAL;
    TRACEBACK "traceback" OBJECT KIND_FINAL;
    FRAME "frame" OBJECT KIND_FINAL;
    DICT_KEYS "dict_keys" OBJECT KIND_FINAL;
    DICT_VALUES "dict_values" OBJECT KIND_FINAL;
    DICT_ITEMS "dict_items" OBJECT KIND_FINAL;
    MEMBER "member_descriptor" OBJECT KIND_FINAL;
    MAPPING_PROXY "mappingproxy" OBJECT KIND_FINAL;
    ENUMERATE "enumerate" OBJECT KIND_FINAL;
    ZIP "zip" OBJECT KIND_FINAL;
    MAP "map" OBJECT KIND_FINAL;
    FILTER "filter" OBJECT KIND_FINAL;
    REVERSED "reversed" OBJECT KIND_FINAL;
    CALLABLE_ITER "callable_iterator" OBJECT KIND_FINAL;
    METHOD_DESCRIPTOR "method_descriptor" OBJECT KIND_FINAL;
    WRAPPER_DESCRIPTOR "wrapper_descriptor" OBJECT KIND_FINAL;
    GETSET_DESCRIPTOR "getset_descriptor" OBJECT KIND_FINAL;
    CLASS_METHOD_DESCRIPTOR "classmethod_descriptor" OBJECT KIND_FINAL;
    METHOD_WRAPPER "method-wrapper" OBJECT KIND_FINAL;
    LIST_REVERSE_ITER "list_reverseiterator" OBJECT KIND_FINAL;
    BYTES_ITER "bytes_iterator" OBJECT KIND_FINAL;
    DICT_VALUE_ITER "dict_valueiterator" OBJECT KIND_FINAL;
    DICT_ITEM_ITER "dict_itemiterator" OBJECT KIND_FINAL;
    DICT_REVERSE_KEY_ITER "dict_reversekeyiterator" OBJECT KIND_FINAL;
    DICT_REVERSE_VALUE_ITER "dict_reversevalueiterator" OBJECT KIND_FINAL;
    DICT_REVERSE_ITEM_ITER "dict_reverseitemiterator" OBJECT KIND_FINAL;
    UNION_TYPE "UnionType" OBJECT KIND_FINAL;
    GENERIC_ALIAS "GenericAlias" OBJECT KIND_FINAL;
    FILE "TextIOWrapper" OBJECT KIND_OBJECT;
    MEMORY_VIEW "memoryview" OBJECT KIND_FINAL;
    MEMORY_ITER "memory_iterator" OBJECT KIND_FINAL;
    BASE_EXCEPTION "BaseException" OBJECT KIND_EXCEPTION;
    EXCEPTION "Exception" BASE_EXCEPTION KIND_EXCEPTION;
    SYSTEM_EXIT "SystemExit" BASE_EXCEPTION KIND_EXCEPTION;
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION KIND_EXCEPTION;
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION KIND_EXCEPTION;
    STOP_ITERATION "StopIteration" EXCEPTION KIND_EXCEPTION;
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION KIND_EXCEPTION;
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION KIND_EXCEPTION;
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR KIND_EXCEPTION;
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR KIND_EXCEPTION;
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR KIND_EXCEPTION;
    ASSERTION_ERROR "AssertionError" EXCEPTION KIND_EXCEPTION;
    ATTRIBUTE_ERROR "AttributeError" EXCEPTION KIND_EXCEPTION;
    BUFFER_ERROR "BufferError" EXCEPTION KIND_EXCEPTION;
    EOF_ERROR "EOFError" EXCEPTION KIND_EXCEPTION;
    IMPORT_ERROR "ImportError" EXCEPTION KIND_EXCEPTION;
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" IMPORT_ERROR KIND_EXCEPTION;
    LOOKUP_ERROR "LookupError" EXCEPTION KIND_EXCEPTION;
    INDEX_ERROR "IndexError" LOOKUP_ERROR KIND_EXCEPTION;
    KEY_ERROR "KeyError" LOOKUP_ERROR KIND_EXCEPTION;
    MEMORY_ERROR "MemoryError" EXCEPTION KIND_EXCEPTION;
    NAME_ERROR "NameError" EXCEPTION KIND_EXCEPTION;
    UNBOUND_LOCAL_ERROR "UnboundLocalError" NAME_ERROR KIND_EXCEPTION;
    OS_ERROR "OSError" EXCEPTION KIND_EXCEPTION;
    FILE_NOT_FOUND_ERROR "FileNotFoundError" OS_ERROR KIND_EXCEPTION;
    FILE_EXISTS_ERROR "FileExistsError" OS_ERROR KIND_EXCEPTION;
    IS_A_DIRECTORY_ERROR "IsADirectoryError" OS_ERROR KIND_EXCEPTION;
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" OS_ERROR KIND_EXCEPTION;
    PERMISSION_ERROR "PermissionError" OS_ERROR KIND_EXCEPTION;
    CONNECTION_ERROR "ConnectionError" OS_ERROR KIND_EXCEPTION;
    BROKEN_PIPE_ERROR "BrokenPipeError" CONNECTION_ERROR KIND_EXCEPTION;
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" CONNECTION_ERROR KIND_EXCEPTION;
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" CONNECTION_ERROR KIND_EXCEPTION;
    CONNECTION_RESET_ERROR "ConnectionResetError" CONNECTION_ERROR KIND_EXCEPTION;
    BLOCKING_IO_ERROR "BlockingIOError" OS_ERROR KIND_EXCEPTION;
    CHILD_PROCESS_ERROR "ChildProcessError" OS_ERROR KIND_EXCEPTION;
    INTERRUPTED_ERROR "InterruptedError" OS_ERROR KIND_EXCEPTION;
    PROCESS_LOOKUP_ERROR "ProcessLookupError" OS_ERROR KIND_EXCEPTION;
    TIMEOUT_ERROR "TimeoutError" OS_ERROR KIND_EXCEPTION;
    REFERENCE_ERROR "ReferenceError" EXCEPTION KIND_EXCEPTION;
    RUNTIME_ERROR "RuntimeError" EXCEPTION KIND_EXCEPTION;
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR KIND_EXCEPTION;
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR KIND_EXCEPTION;
    SYNTAX_ERROR "SyntaxError" EXCEPTION KIND_EXCEPTION;
    INDENTATION_ERROR "IndentationError" SYNTAX_ERROR KIND_EXCEPTION;
    TAB_ERROR "TabError" INDENTATION_ERROR KIND_EXCEPTION;
    SYSTEM_ERROR "SystemError" EXCEPTION KIND_EXCEPTION;
    TYPE_ERROR "TypeError" EXCEPTION KIND_EXCEPTION;
    VALUE_ERROR "ValueError" EXCEPTION KIND_EXCEPTION;
    UNICODE_ERROR "UnicodeError" VALUE_ERROR KIND_EXCEPTION;
    UNICODE_DECODE_ERROR "UnicodeDecodeError" UNICODE_ERROR KIND_EXCEPTION;
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" UNICODE_ERROR KIND_EXCEPTION;
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" UNICODE_ERROR KIND_EXCEPTION;
    WARNING "Warning" EXCEPTION KIND_EXCEPTION;
    DEPRECATION_WARNING "DeprecationWarning" WARNING KIND_EXCEPTION;
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" WARNING KIND_EXCEPTION;
    RUNTIME_WARNING "RuntimeWarning" WARNING KIND_EXCEPTION;
    SYNTAX_WARNING "SyntaxWarning" WARNING KIND_EXCEPTION;
    USER_WARNING "UserWarning" WARNING KIND_EXCEPTION;
    FUTURE_WARNING "FutureWarning" WARNING KIND_EXCEPTION;
    IMPORT_WARNING "ImportWarning" WARNING KIND_EXCEPTION;
    RESOURCE_WARNING "ResourceWarning" WARNING KIND_EXCEPTION;
    UNICODE_WARNING "UnicodeWarning" WARNING KIND_EXCEPTION;
    BYTES_WARNING "BytesWarning" WARNING KIND_EXCEPTION;
    ENCODING_WARNING "EncodingWarning" WARNING KIND_EXCEPTION;
    FUEL_EXHAUSTED "FuelExhausted" BASE_EXCEPTION KIND_EXCEPTION;
    // From here on: classes of library modules, made when the module is imported.
    ITER_COUNT "count" OBJECT KIND_FINAL;
    ITER_CYCLE "cycle" OBJECT KIND_FINAL;
    ITER_REPEAT "repeat" OBJECT KIND_FINAL;
    ITER_ACCUMULATE "accumulate" OBJECT KIND_FINAL;
    ITER_CHAIN "chain" OBJECT KIND_FINAL;
    ITER_COMPRESS "compress" OBJECT KIND_FINAL;
    ITER_DROPWHILE "dropwhile" OBJECT KIND_FINAL;
    ITER_TAKEWHILE "takewhile" OBJECT KIND_FINAL;
    ITER_FILTERFALSE "filterfalse" OBJECT KIND_FINAL;
    ITER_STARMAP "starmap" OBJECT KIND_FINAL;
    ITER_ISLICE "islice" OBJECT KIND_FINAL;
    ITER_PAIRWISE "pairwise" OBJECT KIND_FINAL;
    ITER_ZIP_LONGEST "zip_longest" OBJECT KIND_FINAL;
    ITER_PRODUCT "product" OBJECT KIND_FINAL;
    ITER_PERMUTATIONS "permutations" OBJECT KIND_FINAL;
    ITER_COMBINATIONS "combinations" OBJECT KIND_FINAL;
    ITER_COMBINATIONS_WITH_REPLACEMENT "combinations_with_replacement" OBJECT KIND_FINAL;
    ITER_GROUPBY "groupby" OBJECT KIND_FINAL;
    ITER_GROUPER "_grouper" OBJECT KIND_FINAL;
    ITER_TEE "_tee" OBJECT KIND_FINAL;
    ARRAY "array" OBJECT KIND_RECORD;
    ARRAY_ITER "arrayiterator" OBJECT KIND_FINAL;
    RANDOM "Random" OBJECT KIND_RECORD;
    DEQUE "deque" OBJECT KIND_RECORD;
    DEQUE_ITER "_deque_iterator" OBJECT KIND_FINAL;
    DEQUE_REVERSE_ITER "_deque_reverse_iterator" OBJECT KIND_FINAL;
    PARTIAL "partial" OBJECT KIND_RECORD;
    LRU_CACHE "_lru_cache_wrapper" OBJECT KIND_RECORD;
    ITEMGETTER "itemgetter" OBJECT KIND_RECORD;
    ATTRGETTER "attrgetter" OBJECT KIND_RECORD;
    METHODCALLER "methodcaller" OBJECT KIND_RECORD;
    TUPLE_GETTER "_tuplegetter" OBJECT KIND_RECORD;
    WEAK_REFERENCE "ReferenceType" OBJECT KIND_WEAKREF;
}

/// Number of classes that every heap knows; those of library modules follow.
pub const CORE: usize = ITER_COUNT.0 as usize;

/// A builtin class, made when it is asked for first.
///
/// # Panics
/// When it is one of a library module that hasn't been imported: natives and objects of such a class exist only afterwards.
#[inline(always)]
pub fn local<'a>(cx: &'a Cx<'_>, id: ClassId) -> Local<'a, Class> {
    let local = fixed(cx, Root::Classes as usize + id.0 as usize);
    if !local.value().is_ref() {
        assert!((id.0 as usize) < CORE, "class of a module that isn't loaded");
        return builtin_classes::make_core(cx, id);
    }
    // SAFETY: what is there is a class.
    unsafe { Local::from_value(local.value()) }
}

/// A builtin class, rooted for good. Panics as [`local`] does.
#[inline(always)]
pub fn handle<'s>(cx: &Cx<'s>, id: ClassId) -> Handle<'s, Class> {
    local(cx, id);
    // SAFETY: the root of the class, which is there.
    unsafe { Handle::from_index(cx, Root::Classes as usize + id.0 as usize) }
}
