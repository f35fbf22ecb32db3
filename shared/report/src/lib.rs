//! keng-report
