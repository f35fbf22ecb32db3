//! Generates the wire types from `keng.proto`, without protoc (protox reads the file).
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=keng.proto");
    let files = protox::compile(["keng.proto"], ["."])?;
    let grpc = std::env::var_os("CARGO_FEATURE_GRPC").is_some();
    let stubs = tonic_prost_build::configure().bytes(".").build_client(grpc).build_server(grpc);
    stubs.codec_path("crate::codec::SmallBuffers").compile_fds(files)?;
    Ok(())
}
