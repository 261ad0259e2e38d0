//! Where to put the `^` among the `~` below a binary operation or a subscript.
//!
//! CPython parses the marked source again and looks at the columns of the operands; a scan of the
//! tokens is enough for that, since only the outermost operator matters. Parentheses around an
//! operand are not part of its node, which moves the carets as it does in CPython 3.11.2. Leaves
//! out everything that is not an expression on one line (no anchors), and syntax errors: what can't
//! be understood has no anchors.

/// The characters `left..right` of the segment get `^`, the others `~`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// The first character marked `^`.
    pub left: usize,
    /// The first character after those.
    pub right: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A name, number or string: ends an operand.
    Atom,
    /// The dot of an attribute.
    Dot,
    /// `await`.
    Await,
    /// `for`: makes a generator of a parenthesis.
    For,
    Comma,
    Colon,
    /// An arithmetic operator of this precedence.
    Operator(u8),
    /// Anything that binds less tightly than arithmetic.
    Loose,
    Open(char),
    Close(char),
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
    /// How many brackets are open around it (for a bracket: outside of it).
    depth: usize,
}

/// The precedence of unary operators, between the multiplications and `**`.
const UNARY: u8 = 7;
const POWER: u8 = 8;

/// The anchors for a segment of a source line; `None` if all of it gets the same mark.
pub fn anchors(segment: &[char]) -> Option<Anchors> {
    if segment.first().is_some_and(|c| c.is_whitespace()) {
        // An indented segment is a syntax error for CPython.
        return None;
    }
    let tokens = scan(segment)?;
    let tokens = strip_parentheses(&tokens);
    let depth = tokens.first()?.depth;
    let loose = |t: &Token| t.depth == depth && matches!(t.kind, Kind::Loose | Kind::Comma | Kind::Colon);
    if tokens.iter().any(loose) || matches!(tokens[0].kind, Kind::Operator(precedence) if precedence != 5) {
        return None;
    }
    match outermost_operator(tokens, depth) {
        Some(at) => operator_anchors(segment, tokens, at),
        None => subscript_anchors(tokens, depth),
    }
}

fn ends_operand(kind: Kind) -> bool {
    matches!(kind, Kind::Atom | Kind::Close(_))
}

/// The index of the binary operator that binds least: of those, the last; but the first `**`.
fn outermost_operator(tokens: &[Token], depth: usize) -> Option<usize> {
    let mut found: Option<(usize, u8)> = None;
    for (i, token) in tokens.iter().enumerate().skip(1) {
        let Kind::Operator(precedence) = token.kind else { continue };
        if token.depth != depth || !ends_operand(tokens[i - 1].kind) {
            continue;
        }
        let better = found.is_none_or(|(_, best)| precedence < best || (precedence == best && best != POWER));
        if better {
            found = Some((i, precedence));
        }
    }
    let unary_first = matches!(tokens.first()?.kind, Kind::Operator(_));
    found.filter(|&(_, precedence)| !(unary_first && precedence > UNARY)).map(|(i, _)| i)
}

/// The tokens without the parentheses around all of them, unless these make a tuple or generator.
fn strip_parentheses(mut tokens: &[Token]) -> &[Token] {
    while let [first, inner @ .., last] = tokens {
        let enclosed = first.kind == Kind::Open('(')
            && last.kind == Kind::Close(')')
            && inner.iter().all(|t| t.depth > first.depth);
        let makes_more = |t: &Token| t.depth == first.depth + 1 && matches!(t.kind, Kind::Comma | Kind::For);
        if !enclosed || inner.is_empty() || inner.iter().any(makes_more) {
            break;
        }
        tokens = inner;
    }
    tokens
}

fn operator_anchors(segment: &[char], tokens: &[Token], at: usize) -> Option<Anchors> {
    let start = strip_parentheses(&tokens[..at]).last()?.end;
    let end = strip_parentheses(tokens.get(at + 1..)?).first()?.start;
    let between = segment.get(start..end)?;
    let blank = between.iter().take_while(|c| c.is_whitespace()).count();
    let left = start + blank;
    let double = between.get(blank + 1).is_some_and(|c| !c.is_whitespace());
    Some(Anchors { left, right: left + if double { 2 } else { 1 } })
}

fn subscript_anchors(tokens: &[Token], depth: usize) -> Option<Anchors> {
    if matches!(tokens.first()?.kind, Kind::Operator(_) | Kind::Await)
        || tokens.last()?.kind != Kind::Close(']')
    {
        return None;
    }
    let open = tokens.iter().rposition(|t| t.depth == depth && t.kind == Kind::Open('['))?;
    let value = tokens.get(..open).filter(|value| !value.is_empty())?;
    if !ends_operand(value.last()?.kind) {
        return None;
    }
    let index = tokens.get(open + 1..tokens.len() - 1)?;
    let left = strip_parentheses(value).last()?.end;
    let right = strip_parentheses(index).last()?.end + 1;
    Some(Anchors { left, right })
}

/// Splits a segment into tokens; `None` if its brackets or strings don't match.
fn scan(segment: &[char]) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut open: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(&c) = segment.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        if c == '#' {
            break;
        }
        let start = at;
        let mut depth = open.len();
        let next = segment.get(at + 1).copied().unwrap_or(' ');
        let kind;
        if c.is_ascii_digit() || (c == '.' && next.is_ascii_digit()) {
            at = number_end(segment, at);
            kind = Kind::Atom;
        } else if c == '"' || c == '\'' {
            at = string_end(segment, at)?;
            kind = Kind::Atom;
        } else if c.is_alphanumeric() || c == '_' || !c.is_ascii() {
            while segment.get(at).is_some_and(|&c| c.is_alphanumeric() || c == '_' || !c.is_ascii()) {
                at += 1;
            }
            let word: String = segment[start..at].iter().collect();
            let prefix = word.len() <= 2 && word.chars().all(|c| "rRbBuUfF".contains(c));
            if prefix && matches!(segment.get(at), Some('"' | '\'')) {
                at = string_end(segment, at)?;
            }
            kind = word_kind(&word);
        } else if matches!(c, '(' | '[' | '{') {
            open.push(c);
            at += 1;
            kind = Kind::Open(c);
        } else if matches!(c, ')' | ']' | '}') {
            let opener = open.pop()?;
            if !matches!((opener, c), ('(', ')') | ('[', ']') | ('{', '}')) {
                return None;
            }
            depth -= 1;
            at += 1;
            kind = Kind::Close(c);
        } else {
            let (length, operator) = operator_kind(c, next, segment.get(at + 2).copied().unwrap_or(' '));
            at += length;
            kind = operator;
        }
        tokens.push(Token { kind, start, end: at, depth });
    }
    open.is_empty().then_some(tokens)
}

fn word_kind(word: &str) -> Kind {
    match word {
        "await" => Kind::Await,
        "for" | "async" => Kind::For,
        "if" | "else" | "and" | "or" | "not" | "in" | "is" | "lambda" | "yield" | "from" | "as"
        | "assert" | "break" | "class" | "continue" | "def" | "del" | "elif" | "except" | "finally"
        | "global" | "import" | "nonlocal" | "pass" | "raise" | "return" | "try" | "while" | "with" => {
            Kind::Loose
        }
        _ => Kind::Atom,
    }
}

/// The length and kind of the operator that starts with these characters.
fn operator_kind(c: char, next: char, third: char) -> (usize, Kind) {
    let doubled = c == next;
    let (length, kind) = match c {
        ',' => return (1, Kind::Comma),
        '.' => return (1, Kind::Dot),
        ':' if next != '=' => return (1, Kind::Colon),
        '*' if doubled => (2, Kind::Operator(POWER)),
        '/' if doubled => (2, Kind::Operator(6)),
        '<' | '>' if doubled => (2, Kind::Operator(4)),
        '*' | '/' | '%' | '@' => (1, Kind::Operator(6)),
        // `~` is only ever unary; the precedence is that of the signs, which may be.
        '+' | '-' | '~' => (1, Kind::Operator(5)),
        '&' => (1, Kind::Operator(3)),
        '^' => (1, Kind::Operator(2)),
        '|' => (1, Kind::Operator(1)),
        _ => return (1, Kind::Loose),
    };
    // With a `=` it is an assignment.
    let after = if length == 2 { third } else { next };
    if after == '=' {
        (length + 1, Kind::Loose)
    } else {
        (length, kind)
    }
}

fn number_end(segment: &[char], start: usize) -> usize {
    let hex = matches!(segment.get(start + 1), Some('x' | 'X'));
    let mut at = start;
    while let Some(&c) = segment.get(at) {
        let signed = matches!(c, '+' | '-') && !hex && at > start && matches!(segment[at - 1], 'e' | 'E');
        if !(c.is_ascii_alphanumeric() || c == '_' || c == '.' || signed) {
            break;
        }
        at += 1;
    }
    at
}

fn string_end(segment: &[char], start: usize) -> Option<usize> {
    let quote = segment[start];
    let triple = segment.get(start + 1) == Some(&quote) && segment.get(start + 2) == Some(&quote);
    let mut at = start + if triple { 3 } else { 1 };
    loop {
        let c = *segment.get(at)?;
        if c == '\\' {
            at += 2;
        } else if c == quote && !triple {
            return Some(at + 1);
        } else if c == quote && segment.get(at..at + 3)?.iter().all(|&c| c == quote) {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `traceback._extract_caret_anchors_from_line_segment` of CPython 3.11.2 says.
    const TABLE: &[(&str, Option<(usize, usize)>)] = &[
        ("(a + b) / c", Some((6, 7))),
        ("a / b", Some((2, 3))),
        ("  a//b", None),
        ("x[1] / y", Some((5, 6))),
        ("f(a+b)*(c - d)", Some((6, 8))),
        ("a[1][2]", Some((4, 7))),
        ("a[\"k]\"](1)", None),
        ("f(1)[2]", Some((4, 7))),
        ("(a)[1]", Some((2, 6))),
        ("a if b else c", None),
        ("not a", None),
        ("-a + b", Some((3, 4))),
        ("a*b+c", Some((3, 4))),
        ("a+b*c", Some((1, 2))),
        ("2**-a", Some((1, 3))),
        ("a**b**c", Some((1, 3))),
        ("a @ b", Some((2, 3))),
        ("a<b", None),
        ("a and b", None),
        ("f(x)", None),
        ("x.y", None),
        ("x.y + 1", Some((4, 5))),
        ("lambda: a+b", None),
        ("a<<b", Some((1, 3))),
        ("a|b&c", Some((1, 2))),
        ("\"é\"+b", Some((3, 4))),
        ("a  +  b", Some((3, 4))),
        ("(a)+(b)", Some((2, 4))),
        ("a+(b)", Some((1, 3))),
        ("((a))+b", Some((3, 5))),
        ("[1,2]+b", Some((5, 6))),
        ("(1,2)+b", Some((5, 6))),
        ("a[ 1 ]", Some((1, 5))),
        ("a [1]", Some((1, 5))),
        ("a[1:2]", Some((1, 6))),
        ("a[(1)]", Some((1, 5))),
        ("a[1,2]", Some((1, 6))),
        ("x = a/b", None),
        ("await a + b", Some((8, 9))),
        ("a + b,", None),
        ("*a", None),
        ("a%b", Some((1, 2))),
        ("'a b' % c", Some((6, 7))),
        ("f'{x}' + c", Some((7, 8))),
        ("a+b # foo", Some((1, 2))),
        ("(yield) + a", Some((6, 7))),
        ("a[b+c]", Some((1, 6))),
        ("a\t+b", Some((2, 3))),
        ("-a[0]", None),
        ("a.b[0].c", None),
        ("a.b[0]", Some((3, 6))),
        ("(a or b)[0]", Some((7, 11))),
        ("a + (b if c else d)", Some((2, 3))),
        ("x[(0)]", Some((1, 5))),
        ("(a+b)", Some((2, 3))),
        ("{}[0]", Some((2, 5))),
        ("{\"a\":1}[\"b\"]", Some((7, 12))),
        ("a+b;c", None),
        ("~a-b", Some((2, 3))),
        ("a //b", Some((2, 4))),
        ("(x for x in y)+1", Some((14, 15))),
        ("()+a", Some((2, 3))),
        ("a<<-b", Some((1, 3))),
        ("1.5+b", Some((3, 4))),
        ("1e-5+b", Some((4, 5))),
        ("0x1f-b", Some((4, 5))),
        ("a-1e+3", Some((1, 2))),
        ("b''-b", Some((3, 4))),
        ("a+-b", Some((1, 2))),
        ("a not in b", None),
        ("a is b", None),
        ("a[b]", Some((1, 4))),
        ("a[b", None),
        ("x:=a+b", None),
        ("(x:=1)+b", Some((5, 7))),
        ("a+b+c", Some((3, 4))),
        ("a - b", Some((2, 3))),
        ("a>>b", Some((1, 3))),
        ("a **b", Some((2, 4))),
        ("-a**b", None),
        ("-a*b", Some((2, 3))),
        ("2**-a**b", Some((1, 3))),
        ("await a[0]", None),
        ("f(a)(b)[c:d]", Some((7, 12))),
        ("a[1:]", Some((1, 5))),
        ("a[1,]", Some((1, 5))),
        ("a[(1,2)]", Some((1, 8))),
        ("a[\"x\"][\"y]\"]", Some((6, 12))),
        ("rb'x' + y", Some((6, 7))),
        ("a if (b+c) else d", None),
        ("(a, b)[0]", Some((6, 9))),
        ("x[lambda: 1]", Some((1, 12))),
        ("[i for i in x][0]", Some((14, 17))),
        ("f(x for x in y)[0]", Some((15, 18))),
        ("1 .real + 2", Some((8, 9))),
        ("a.b + c.d", Some((4, 5))),
        ("a+b'x'", Some((1, 2))),
        ("\"\"\"x\"\"\" + y", Some((8, 9))),
    ];

    #[test]
    fn same_as_cpython() {
        for &(source, expected) in TABLE {
            let segment: Vec<char> = source.chars().collect();
            assert_eq!(anchors(&segment).map(|a| (a.left, a.right)), expected, "{source}");
        }
    }
}
