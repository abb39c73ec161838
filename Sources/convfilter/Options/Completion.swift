import ArgumentParser
import Datasets
import KernelLanguage
import Libc
import Raster

/// What a shell offers where names and files may stand.
enum Completion {
  /// Kernels by their names, and files; behind the colon of a name nothing.
  static let kernel = CompletionKind.custom { _, _, prefix in
    prefix.contains(":") ? [] : KernelCatalog.all.map(\.name) + names(prefix, foldersOnly: false)
  }

  /// Data sets by their names, and folders.
  static let dataset = CompletionKind.custom { _, _, prefix in
    KnownDataset.all.map(\.name) + names(prefix, foldersOnly: true)
  }

  /// Files and folders whose names begin with what has been typed; folders end in a slash.
  static func names(_ prefix: String, foldersOnly: Bool) -> [String] {
    let slash = prefix.lastIndex(of: "/").map { prefix.index(after: $0) } ?? prefix.startIndex
    let (folder, start) = (String(prefix[..<slash]), prefix[slash...])
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self), name.hasPrefix(start),
        !name.hasPrefix(".") || start.hasPrefix("."), name != ".", name != ".."
      else { continue }
      let path = folder + name
      let isFolder = (try? FileStatus(FilePath(path)))?.kind == .folder
      if isFolder || !foldersOnly { names.append(isFolder ? path + "/" : path) }
    }
    return names.sorted()
  }
}
