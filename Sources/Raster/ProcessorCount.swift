import Libc

/// The processors that this process may use: the affinity mask, cut by a container's quota.
///
/// - Returns: at least 1.
public func availableProcessors() -> Int {
  #if canImport(Glibc)
    var count = affinityCount() ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
    if let quota = containerQuota() { count = min(count, quota) }
    return max(1, count)
  #else
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  #endif
}

#if canImport(Glibc)
  /// Processors in the affinity mask (`sched_getaffinity` is hidden from Swift), or nil.
  private func affinityCount() -> Int? {
    for line in lines("/proc/self/status") where line.hasPrefix("Cpus_allowed:") {
      let count = line.utf8.dropFirst("Cpus_allowed:".utf8.count)
        .reduce(0) { $0 + (Character(Unicode.Scalar($1)).hexDigitValue?.nonzeroBitCount ?? 0) }
      return count > 0 ? count : nil
    }
    return nil
  }

  /// Whole processors in the quota of the control group (version 2, then 1), rounded up, or nil.
  private func containerQuota() -> Int? {
    if let text = firstLine("/sys/fs/cgroup/cpu.max") {
      let fields = text.split(separator: " ")
      if fields.count == 2, let quota = Int(fields[0]), let period = Int(fields[1]), period > 0 {
        return max(1, (quota + period - 1) / period)
      }
    }
    if let quota = firstLine("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").flatMap({ Int($0) }),
      let period = firstLine("/sys/fs/cgroup/cpu/cpu.cfs_period_us").flatMap({ Int($0) }),
      quota > 0, period > 0
    {
      return max(1, (quota + period - 1) / period)
    }
    return nil
  }

  func firstLine(_ path: String) -> String? { lines(path).first }

  func lines(_ path: String) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return [] }
    return bytes[..<count].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
#endif
