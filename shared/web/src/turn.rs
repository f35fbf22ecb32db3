//! Papers are laid out one at a time: each takes a processor, and some take much memory.

use std::sync::Arc;

use keng_desk::Told;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Whose turn it is. Clones share it.
#[derive(Debug, Clone)]
pub struct Turn(Arc<Semaphore>);

impl Default for Turn {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turn {
    /// Takes the turn if nobody has it.
    #[must_use]
    pub fn try_take(&self) -> Option<SemaphorePermit<'_>> {
        self.0.try_acquire().ok()
    }

    /// Lays one paper out beside the async threads, after those that are being laid out.
    ///
    /// # Errors
    /// When the layout breaks off.
    pub async fn laid_out<T: Send + 'static>(&self, act: impl FnOnce() -> T + Send + 'static) -> Result<T, Told> {
        // The semaphore is never closed; without a permit the paper is made all the same.
        let _turn = self.0.acquire().await;
        let done = tokio::task::spawn_blocking(act).await;
        done.map_err(|_| Told::new("Chương trình gặp lỗi khi lập văn bản.", "Số liệu không bị ảnh hưởng.", ""))
    }
}
