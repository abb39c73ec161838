import Datasets
import Libc
import TestSupport

extension ScratchFolder {
  var folder: DataFolder { DataFolder(path) }

  func makeFolder(_ name: String) { mkdir(self(name), 0o755) }
}
