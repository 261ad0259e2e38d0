//! Link arguments of the recorder: nothing exported but `tpn_*`; of the replayer: one function of the system's that it has, too.

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| ".".into());
    println!("cargo:rerun-if-changed=../taipan.map");
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtaipan-record.so");
        println!("cargo:rustc-cdylib-link-arg=-Wl,--version-script={folder}/../taipan.map");
        // What the library asks the system, the replayer answers.
        println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol=readlink");
    }
}
