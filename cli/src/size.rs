//! Sizes, times and counts, as people write and read them.

/// A number of bytes: `4096`, `512K`, `64M`, `1G`; a `B` or `iB` may follow the letter.
pub(crate) fn parse_size(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        _ => return Err("not a size; sizes look like 4096, 512K, 64M or 1G".into()),
    };
    if number.is_empty() {
        return Err("not a size; sizes look like 4096, 512K, 64M or 1G".into());
    }
    let bytes = number.parse::<usize>().ok().and_then(|n| n.checked_mul(1 << shift));
    match bytes {
        Some(0) => Err("a heap needs more than nothing".into()),
        Some(bytes) => Ok(bytes),
        None => Err("more than there can be".into()),
    }
}

/// `12.3 MiB`
pub(crate) fn show_bytes(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {}", units[unit])
    }
}

/// `1.234 s`, `56.7 ms`, `8.9 µs`, `40 ns`
pub(crate) fn show_time(ns: u64) -> String {
    match ns {
        0 => "0".into(),
        1..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{:.1} µs", ns as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", ns as f64 / 1e6),
        _ => format!("{:.3} s", ns as f64 / 1e9),
    }
}

/// `1,234,567`
pub(crate) fn show_count(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("4096"), Ok(4096));
        assert_eq!(parse_size("512K"), Ok(512 << 10));
        assert_eq!(parse_size("64m"), Ok(64 << 20));
        assert_eq!(parse_size("1GiB"), Ok(1 << 30));
        for bad in ["", "M", "-1", "1.5M", "64X", "64 M", "0", "99999999999999999999", "99999999999G"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(show_time(40), "40 ns");
        assert_eq!(show_bytes(512), "512 B");
        assert_eq!(show_bytes(3 << 19), "1.5 MiB");
        assert_eq!(show_time(0), "0");
        assert_eq!(show_time(1_500), "1.5 µs");
        assert_eq!(show_time(2_500_000), "2.5 ms");
        assert_eq!(show_time(1_234_000_000), "1.234 s");
        assert_eq!(show_count(7), "7");
        assert_eq!(show_count(1234567), "1,234,567");
    }
}
