/// What is to be said about a file of a data set.
public struct FileCheck: Sendable, Equatable {
  /// Under the name by which it was found, or the published one.
  public let name: String
  public let state: State

  public enum State: Sendable, Equatable {
    /// It is the published file.
    case good
    case missing
    /// It has other contents than the published file.
    case differs(expected: String, found: String)
    /// It cannot be read or unpacked.
    case damaged(reason: String)
  }
}

extension KnownDataset {
  /// Compares the files in a folder with the published checksums.
  ///
  /// What is in a compressed file counts, not how it was compressed.
  ///
  /// - Parameter progress: called before each file, with its name.
  /// - Returns: one result for each file; none for a built-in data set.
  public func verify(in folder: DataFolder, progress: (String) -> Void = { _ in }) -> [FileCheck] {
    let files: [PublishedFile] =
      switch source {
      case .builtIn: []
      case .idx(_, let files): files.all
      case .cifar(_, let files): files.all
      }
    return files.map { file in
      guard let name = Self.present(file, in: folder) else {
        return FileCheck(name: file.name, state: .missing)
      }
      progress(name)
      let expected = file.contentsMD5 ?? file.md5
      do {
        let found = try Self.checksum(name, in: folder)
        return FileCheck(
          name: name, state: found == expected ? .good : .differs(expected: expected, found: found))
      } catch {
        return FileCheck(name: name, state: .damaged(reason: "\(error)"))
      }
    }
  }

  private static func checksum(
    _ name: String, in folder: DataFolder
  ) throws(DatasetError) -> String {
    if name.hasSuffix(".gz") { return MD5.hex(try Gzip.unpack(folder.read(name))) }
    var sum = MD5()
    try folder.read(name) { sum.update($0) }
    return sum.finish()
  }
}
