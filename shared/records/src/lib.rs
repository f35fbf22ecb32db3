//! keng-records
