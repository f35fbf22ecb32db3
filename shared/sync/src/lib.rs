//! keng-sync
