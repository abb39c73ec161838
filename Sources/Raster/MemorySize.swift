#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes of memory that this process may use: the machine's, cut by a container's limit.
public func installedMemory() -> Int {
  let pages = sysconf(Int32(_SC_PHYS_PAGES))
  let page = sysconf(Int32(_SC_PAGESIZE))
  let (bytes, overflows) = pages.multipliedReportingOverflow(by: page)
  let installed = overflows || bytes <= 0 ? Int.max : bytes
  #if canImport(Glibc)
    // Version 2 of the control groups, then 1; "max" is no number.
    for path in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      if let limit = firstLine(path).flatMap({ Int($0) }), limit > 0 {
        return min(installed, limit)
      }
    }
  #endif
  return installed
}
