import Datasets
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension ScratchFolder {
  var folder: DataFolder { DataFolder(path) }

  func makeFolder(_ name: String) { mkdir(self(name), 0o755) }
}
