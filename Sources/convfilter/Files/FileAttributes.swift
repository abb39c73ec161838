#if canImport(Glibc)
  import CLinux
#elseif canImport(Darwin)
  import Darwin
#endif

/// Extended attributes and access lists: what a file says about itself beside its bytes.
enum FileAttributes {
  /// Copies those that do not depend on the bytes; what the file system refuses is left out.
  static func copy(from source: Int32, to target: Int32) {
    #if canImport(Glibc)
      for name in names(of: source) where isKept(name) {
        guard let value = value(of: name, in: source) else { continue }
        _ = fsetxattr(target, name, value, value.count, 0)
      }
    #else
      _ = fcopyfile(source, target, nil, copyfile_flags_t(COPYFILE_ACL | COPYFILE_XATTR))
    #endif
  }

  #if canImport(Glibc)
    /// The user's own, and access lists: signatures and capabilities speak of the bytes.
    private static func isKept(_ name: String) -> Bool {
      name.hasPrefix("user.") || name == "system.posix_acl_access"
    }

    private static func names(of file: Int32) -> [String] {
      let size = flistxattr(file, nil, 0)
      guard size > 0 else { return [] }
      var list = [CChar](repeating: 0, count: size)
      let count = flistxattr(file, &list, size)
      guard count > 0 else { return [] }
      return list[..<count].split(separator: 0).map {
        String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    }

    private static func value(of name: String, in file: Int32) -> [UInt8]? {
      let size = fgetxattr(file, name, nil, 0)
      guard size >= 0 else { return nil }
      var value = [UInt8](repeating: 0, count: size)
      return fgetxattr(file, name, &value, size) == size ? value : nil
    }
  #endif
}
