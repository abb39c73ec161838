import Libc
import Raster

#if canImport(Glibc)
  import CLinux
#endif

extension FilePath {
  /// Gives a file another name: 0, or what `errno` said.
  ///
  /// - Parameter replacing: whether a file of that name gives way.
  func renamed(to target: FilePath, replacing: Bool) -> Int32 {
    withCString { name in
      target.withCString { target in
        if replacing { return rename(name, target) == 0 ? 0 : errno }
        if Self.renameWithoutReplacing(name, target) == 0 { return 0 }
        // Some file systems know no such renaming, some no second names.
        guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else { return errno }
        if link(name, target) == 0 {
          unlink(name)
          return 0
        }
        guard [EPERM, ENOTSUP, EOPNOTSUPP].contains(errno) else { return errno }
        if access(target, F_OK) == 0 { return EEXIST }
        return rename(name, target) == 0 ? 0 : errno
      }
    }
  }

  private static func renameWithoutReplacing(
    _ name: UnsafePointer<CChar>, _ target: UnsafePointer<CChar>
  ) -> Int32 {
    #if canImport(Glibc)
      rename_without_replacing(name, target)
    #else
      renamex_np(name, target, UInt32(RENAME_EXCL))
    #endif
  }
}
