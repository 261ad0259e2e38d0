//! The reader: what it takes from the header of the tree, what it refuses, and that everything made from the header is up to date.

use taipan_abi::model::*;
use taipan_abi::{baseline, facts, files, layout, record};

/// A header that is as short as can be, with these lines at its end; they begin in line 8.
fn small(lines: &str) -> String {
    let head = "/* small.h\n * CONVENTIONS\n *  - None. */\n/* ---- types ---- */\n\
                typedef int32_t tpn_status; /* a status */\n\
                typedef struct tpn_ctx tpn_ctx; /* a seat */\n\
                typedef struct { uint64_t bits; } tpn_val; /* a value */\n";
    format!("{head}{lines}\n")
}

#[test]
fn what_is_made_from_the_header_is_fresh() {
    let header = files::header().unwrap();
    let stale: Vec<_> = files::stale(&header).unwrap().into_iter().map(|(path, _)| path).collect();
    assert!(stale.is_empty(), "{stale:?}: cargo run -p taipan-abi -- --write");
}

#[test]
fn what_breaks_the_conventions_is_refused() {
    let cases: &[(usize, &str, &str)] = &[
        (8, "enum color { RED };", "an enum's size is the compiler's"),
        (9, "/* Does. */\nTPN_API bool tpn_f(tpn_ctx *ctx);", "`bool` has no place in the ABI: use int32_t"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, long n);", "use int64_t"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, unsigned n);", "use uint32_t"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, float n);", "use double"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, char c);", "but for text"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, tpn_new n);", "no type that is known"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, ...);", "no variable arguments"),
        (
            9,
            "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, int32_t);",
            "expected a name for a parameter",
        ),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, void (*f)(int32_t n));", "by a typedef"),
        (9, "/* Does. */\ntpn_status tpn_f(tpn_ctx *ctx);", "a declaration without TPN_API"),
        (8, "TPN_API tpn_status tpn_f(tpn_ctx *ctx);", "tpn_f has no comment"),
        (9, "/* [quiet] */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx);", "the comment of tpn_f has marks only"),
        (8, "/* [quick] Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx);", "[quick] is no mark"),
        (8, "/* [null] Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx);", "[null] is no mark"),
        (9, "/* [null x] Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx);", "no parameter x"),
        (9, "/* [absent ctx] Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx);", "does not fit its type"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(int32_t n);", "takes no context first"),
        (9, "/* [any] [quiet] Does. */\nTPN_API tpn_status tpn_f(int32_t n);", "no other mark"),
        (9, "/* [runs] [collects] Does. */\nTPN_API tpn_val tpn_f(tpn_ctx *ctx);", "which includes"),
        (9, "/* [quiet] Does. */\nTPN_API tpn_val tpn_f(tpn_ctx *ctx);", "must tell why it fails"),
        (9, "/* Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx, tpn_ctx **out);", "write TPN_CHECK"),
        (9, "/* Does. */\nTPN_API tpn_val tpn_f(tpn_ctx *ctx) TPN_CHECK;", "which is for statuses"),
        (9, "/* Does. */\nTPN_API tpn_val other(tpn_ctx *ctx);", "must begin with tpn_"),
        (
            8,
            "/* Nothing. */\n/* Does. */\nTPN_API tpn_val tpn_f(tpn_ctx *ctx);",
            "this comment describes nothing",
        ),
        (8, "typedef struct { int32_t a; uint64_t b; } tpn_x; /* x */", "a hole before b"),
        (8, "typedef struct { uint64_t a; int32_t b; } tpn_x; /* x */", "a hole at its end"),
        (8, "typedef struct { uint64_t a; } tpn_x;", "tpn_x has no comment"),
        (8, "typedef struct { uint64_t a; } tpn_val; /* x */", "declared in line 7 already"),
        (8, "#define TPN_X 1.5", "no whole number"),
        (8, "#define TPN_X sizeof(tpn_val)", "no whole number"),
        (8, "static inline int32_t tpn_f(tpn_val v) { return 1; }", "which only immediates are"),
        (8, "$", "no place here"),
        (8, "/* Does", "a comment without an end"),
    ];
    for (line, lines, message) in cases {
        let refused = taipan_abi::read(&small(lines)).expect_err(lines);
        assert!(refused.what.contains(message), "{lines}: {refused}");
        assert_eq!(refused.line, *line, "{lines}: {refused}");
    }
    taipan_abi::read(&small("/* [quiet] Does. */\nTPN_API tpn_status tpn_f(tpn_ctx *ctx);")).unwrap();
}

#[test]
fn numbers_are_worked_out() {
    let lines = "#define TPN_A 3u\n#define TPN_B ((TPN_A << 16) | 1u) /* b */\n#define TPN_C (-7)\n\
                 #define TPN_D ((size_t)-1)\n#define TPN_E UINT64_MAX";
    let header = taipan_abi::read(&small(lines)).unwrap();
    let values: Vec<i128> = header.constants().map(|c| c.value).collect();
    assert_eq!(values, [3, 196_609, -7, u64::MAX.into(), u64::MAX.into()]);
    assert_eq!(header.constants().nth(1).unwrap().doc, "b");
}

#[test]
fn layouts_follow_the_rules_of_c() {
    let lines =
        "typedef struct { uint32_t a, b; const char *c; tpn_val d; void (*e)(void *ud); } tpn_x; /* x */";
    let header = taipan_abi::read(&small(lines)).unwrap();
    let made = header.structs().last().unwrap();
    assert_eq!(layout::offsets(&header, made).unwrap(), [0, 4, 8, 16, 24]);
    assert_eq!(layout::struct_extent(&header, made).unwrap(), layout::Extent { size: 32, align: 8 });
}

#[test]
fn every_function_has_its_four_facts() {
    let header = files::header().unwrap();
    let of = |name: &str| {
        let function = header.functions().find(|f| f.signature.name == name).unwrap();
        facts::of(&header, function)
    };
    let facts = of("tpn_list");
    assert_eq!(
        facts.ownership,
        "The result is a new local of the innermost scope. What arguments point to is copied."
    );
    assert_eq!(facts.nullability, "Not NULL: `ctx`. NULL when there are none: `items`.");
    assert_eq!(facts.thread, "The context's, attached.");
    assert_eq!(facts.collects, "Yes.");
    assert_eq!(of("tpn_ref_free").ownership, "`ref` ends here.");
    assert_eq!(of("tpn_heap_free").thread, "The one that made the heap.");
    assert_eq!(of("tpn_heap_new").nullability, "Not NULL: `out`. May be NULL: `config`, `buffer`.");
    assert_eq!(of("tpn_eval").collects, "Yes, and it may run script code.");
    assert_eq!(of("tpn_is").collects, "No.");
    assert!(header.functions().count() > 80 && header.conventions.len() > 6);
}

#[test]
fn what_is_added_is_told_from_what_breaks_programs() {
    let before = small("#define TPN_A 1\ntypedef struct { uint32_t size, x; } tpn_x; /* x */");
    let compared = |lines: &str| {
        let text = |header: &str| baseline::text(&taipan_abi::read(header).unwrap());
        baseline::compare(&text(&before), &text(&small(lines)))
    };
    let grown =
        compared("#define TPN_A 1\n#define TPN_B 1\ntypedef struct { uint32_t size, x, y; } tpn_x; /* x */");
    assert_eq!(grown.broken, Vec::<String>::new());
    assert!(grown.added.iter().any(|line| line.starts_with("constant TPN_B")), "{grown:?}");
    let changed = compared("#define TPN_A 2\ntypedef struct { uint32_t size, y; } tpn_x; /* x */");
    assert_eq!(
        changed.broken,
        [
            "changed: constant TPN_A 1\n     now: constant TPN_A 2",
            "removed: field tpn_x.x at 4 size 4 uint32_t"
        ]
    );
    assert_eq!(changed.added, ["field tpn_x.y at 4 size 4 uint32_t"]);
}

#[test]
fn a_stable_abi_does_not_break() {
    let text = |lines: &str| baseline::text(&taipan_abi::read(&small(lines)).unwrap());
    let verdict = |before: &str, after: &str| {
        let (before, after) = (text(before), text(after));
        let difference = baseline::compare(&before, &after);
        (difference.refusal(&after).is_some(), difference.advice().is_some())
    };
    assert_eq!(
        verdict("#define TPN_ABI_MAJOR 0\n#define TPN_A 1", "#define TPN_ABI_MAJOR 0"),
        (false, false)
    );
    assert_eq!(verdict("#define TPN_ABI_MAJOR 1\n#define TPN_A 1", "#define TPN_ABI_MAJOR 1"), (true, false));
    assert_eq!(
        verdict("#define TPN_ABI_MAJOR 1\n#define TPN_A 1", "#define TPN_ABI_MAJOR 2"),
        (false, false)
    );
    assert_eq!(verdict("#define TPN_ABI_MINOR 1", "#define TPN_ABI_MINOR 1\n#define TPN_A 1"), (false, true));
    assert_eq!(
        verdict("#define TPN_ABI_MINOR 1", "#define TPN_ABI_MINOR 2\n#define TPN_A 1"),
        (false, false)
    );
}

/// What the recorder has no way with stops the build of its tables, and says what to do; an allocator of the host's is handed on.
#[test]
fn what_cannot_be_recorded_is_told() {
    let fails = |lines: &str, message: &str| {
        let header = taipan_abi::read(&small(lines)).unwrap();
        let found = record::tables(&header).expect_err(lines);
        assert!(found.contains(message) && found.contains("ffi/abi/src/record.rs"), "{lines}: {found}");
    };
    let strange = "/* Is called. */\ntypedef void (*tpn_strange_fn)(void *ud);\n/* Does. */\n\
                   TPN_API tpn_status tpn_x(tpn_ctx *ctx, tpn_strange_fn strange, void *ud);";
    fails(strange, "tpn_x: no rule says how `tpn_strange_fn strange` is recorded");
    fails("/* Does. */\nTPN_API tpn_status tpn_x(tpn_ctx *ctx, void *thing);", "`void *thing`");
    fails("/* Gives. */\nTPN_API void *tpn_x(tpn_ctx *ctx, const char **texts);", "`const char **texts`");
    let named =
        "/* Is. */\ntypedef struct { uint64_t number; void (*told)(void *ud); } tpn_y;\n/* Does. */\n\
                 TPN_API tpn_status tpn_x(tpn_ctx *ctx, const tpn_y *y);";
    fails(named, "tpn_y: no rule says how `void (*told)(void *)` is recorded");
    let text = std::fs::read_to_string(files::root().join(files::HEADER)).unwrap();
    let with = text.replace(
        "/* What a heap is made with.",
        "/* Memory of the host's. */\ntypedef struct { void *(*get)(void *ud, size_t size); void *ud; } tpn_allocator;\n\n/* What a heap is made with.",
    );
    let with = with.replace(
        "    void *loader_ud;\n",
        "    void *loader_ud;\n    const tpn_allocator *allocator; /* NULL allowed */\n",
    );
    let header = taipan_abi::read(&with).unwrap();
    let tables = record::tables(&header).unwrap();
    assert!(tables.contains("(\"allocator\", Passed)") && !tables.contains("tpn_allocator\""), "{tables}");
    assert_ne!(tables, record::tables(&files::header().unwrap()).unwrap());
}

#[test]
fn items_know_their_names() {
    let header =
        taipan_abi::read(&small("/* Gives. */\ntypedef tpn_val (*tpn_f_fn)(tpn_ctx *ctx);")).unwrap();
    let names: Vec<&str> = header.items().map(Item::name).collect();
    assert_eq!(names, ["tpn_status", "tpn_ctx", "tpn_val", "tpn_f_fn"]);
    assert!(header.is_callback("tpn_f_fn") && !header.is_callback("tpn_val"));
}
