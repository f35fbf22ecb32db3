//! Where the programs under test are; built when they are missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail};

/// The two programs.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `keng-hub`.
    pub hub: PathBuf,
    /// `keng-node`.
    pub node: PathBuf,
}

impl Programs {
    fn in_folder(folder: &Path) -> Self {
        let file = |name: &str| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        Self { hub: file("keng-hub"), node: file("keng-node") }
    }

    fn exist(&self) -> bool {
        self.hub.is_file() && self.node.is_file()
    }
}

/// Finds the programs, or builds them once; `before_build` is called when cargo has to.
///
/// # Errors
/// When they can be neither found nor built.
pub fn find(before_build: impl FnOnce()) -> Result<&'static Programs> {
    static FOUND: OnceLock<Result<Programs, String>> = OnceLock::new();
    FOUND.get_or_init(|| find_or_build(before_build).map_err(|e| format!("{e:#}"))).as_ref().map_err(|e| anyhow!("{e}"))
}

fn find_or_build(before_build: impl FnOnce()) -> Result<Programs> {
    if let Some(folder) = std::env::var_os("KENG_BIN") {
        let programs = Programs::in_folder(Path::new(&folder));
        if !programs.exist() {
            bail!("KENG_BIN={} has no keng-hub and keng-node", Path::new(&folder).display());
        }
        return Ok(programs);
    }
    let folder = own_folder()?;
    let programs = Programs::in_folder(&folder);
    if !programs.exist() {
        before_build();
        build(&folder)?;
    }
    if !programs.exist() {
        bail!("cargo built no keng-hub and keng-node in {}", folder.display());
    }
    Ok(programs)
}

/// The folder of the running program: `target/debug`, also for a test in `target/debug/deps`.
fn own_folder() -> Result<PathBuf> {
    let own = std::env::current_exe().context("where am I?")?;
    let folder = own.parent().context("an executable stands in a folder")?;
    let in_deps = folder.file_name().is_some_and(|n| n == "deps");
    Ok(if in_deps { folder.parent().context("deps stands in a folder")? } else { folder }.to_owned())
}

/// Builds both in the profile whose folder this is. When a test or `cargo run` gets here, the
/// outer cargo has let go of its lock.
fn build(folder: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let profile = match folder.file_name().and_then(|n| n.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let target = folder.parent().context("a profile's folder stands in the target folder")?;
    let status = Command::new(cargo)
        .args(["build", "-p", "keng-hub", "-p", "keng-node", "--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .context("cannot run cargo")?;
    if status.success() { Ok(()) } else { bail!("cargo could not build keng-hub and keng-node ({status})") }
}
