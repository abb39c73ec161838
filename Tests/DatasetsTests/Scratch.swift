import Datasets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder that lasts as long as a test.
final class Scratch {
  let path: String

  init() {
    var template = Array("/tmp/convfilter-datasets-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template)!)
  }

  var folder: DataFolder { DataFolder(path) }

  /// Writes a file, with the folders that lead to it.
  func write(_ name: String, _ bytes: [UInt8]) {
    var parent = path
    for part in name.split(separator: "/").dropLast() {
      parent += "/" + part
      mkdir(parent, 0o755)
    }
    let file = fopen(path + "/" + name, "wb")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  func makeFolder(_ name: String) { mkdir(path + "/" + name, 0o755) }

  /// The names of all files, relative to the folder, sorted; hidden ones, too.
  func names(_ prefix: String = "") -> [String] {
    guard let stream = opendir(path + "/" + prefix) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      // Safety: d_name is a terminated string that lives until the next `readdir`.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      var status = stat()
      stat(path + "/" + prefix + name, &status)
      if status.st_mode & S_IFMT == S_IFDIR {
        found += names(prefix + name + "/")
      } else {
        found.append(prefix + name)
      }
    }
    return found.sorted()
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
        }
        if name != "." && name != ".." { remove(path + "/" + name) }
      }
      closedir(stream)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
