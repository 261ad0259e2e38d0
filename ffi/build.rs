//! Link arguments of the shared library: its SONAME, and nothing exported but `tpn_*`.

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| ".".into());
    println!("cargo:rerun-if-changed=taipan.map");
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtaipan.so.0");
        println!("cargo:rustc-cdylib-link-arg=-Wl,--version-script={folder}/taipan.map");
    }
}
