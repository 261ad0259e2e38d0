//! Scratch runner.
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let manager = std::env::var("MANAGER").unwrap_or_else(|_| "refcount".into());
    let source = std::fs::read(&args[0]).unwrap();
    let dir = std::path::Path::new(&args[0]).parent().unwrap().to_string_lossy().into_owned();
    let config = taipan::Config { manager, argv: args.clone(), path: vec![dir], ..Default::default() };
    let start = std::time::Instant::now();
    let mut interpreter = taipan::Interpreter::new(&config).unwrap();
    if std::env::var("TIMING").is_ok() { eprintln!("start {:?}", start.elapsed()); }
    let status = match interpreter.run(&source, &args[0]) {
        Ok(()) => 0,
        Err(failure) => { eprint!("{}", failure.report); failure.status }
    };
    std::process::exit(status);
}
