import Libc

/// Bytes of memory that this process may use: the machine's, cut by the limits of its container (or
/// control group) and by the limit on its address space.
public func installedMemory() -> Int {
  let pages = sysconf(Int32(_SC_PHYS_PAGES))
  let page = sysconf(Int32(_SC_PAGESIZE))
  let installed = pages > 0 && page > 0 ? pages.saturatingProduct(page) : .max
  return [addressSpaceLimit(), controlGroupLimit()].reduce(installed) { min($0, $1 ?? .max) }
}

/// What `ulimit -v` says, nil for nothing.
private func addressSpaceLimit() -> Int? {
  var limit = rlimit()
  #if canImport(Glibc)
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
  #else
    guard getrlimit(RLIMIT_AS, &limit) == 0 else { return nil }
  #endif
  return Int(clamping: limit.rlim_cur)
}

private func controlGroupLimit() -> Int? {
  #if canImport(Glibc)
    controlGroupLimit(membership: lines("/proc/self/cgroup"), firstLine: firstLine)
  #else
    nil
  #endif
}

/// The smallest memory limit of a control group and of those around it, nil for none.
///
/// - Parameters:
///   - membership: the lines of `/proc/self/cgroup`: `0::PATH` of version 2, `N:memory:PATH` of 1.
///   - firstLine: reads a file; nil where there is none. "max" is no number.
/// - SeeAlso: cgroups(7); Documentation/admin-guide/cgroup-v2.rst of Linux, "memory.max".
func controlGroupLimit(
  membership: [String], firstLine: (String) -> String?
) -> Int? {
  var smallest: Int?
  for line in membership + ["0::/", "1:memory:/"] {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { continue }
    let (root, file) =
      fields[1].isEmpty
      ? ("/sys/fs/cgroup", "memory.max") : ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
    guard fields[1].isEmpty || fields[1].split(separator: ",").contains("memory") else { continue }
    // A group is bound by those around it; a path from outside the container leads nowhere.
    var names = fields[2].split(separator: "/")
    while true {
      let folder = ([root] + names.map(String.init)).joined(separator: "/")
      if let limit = firstLine(folder + "/" + file).flatMap({ Int($0) }), limit > 0 {
        smallest = min(smallest ?? limit, limit)
      }
      if names.popLast() == nil { break }
    }
  }
  return smallest
}
