/// What is to be said about a file of a data set.
public struct FileCheck: Sendable, Equatable {
  /// Under the name by which it was found, or the published one.
  public let name: String
  public let state: State

  public enum State: Sendable, Equatable {
    /// It is the published file.
    case good
    case missing
    /// It has other contents than the published file, by this checksum.
    case differs(expected: String, found: String)
    /// It cannot be read or unpacked, or has another length.
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
    files.map { file in
      if let name = Self.present(file, in: folder) { progress(name) }
      return check(file, in: folder)
    }
  }

  /// What is to be said about one file.
  func check(_ file: PublishedFile, in folder: DataFolder) -> FileCheck {
    guard let name = Self.present(file, in: folder) else {
      return FileCheck(name: file.name, state: .missing)
    }
    do {
      var bytes = try folder.read(name)
      if name.hasSuffix(".gz") { bytes = try Gzip.unpack(bytes, limit: contentsLimit) }
      if let problem = fault(bytes, of: file) {
        return FileCheck(name: name, state: .damaged(reason: problem))
      }
      let (found, expected) =
        file.contentsSHA256.map { ("SHA-256 " + SHA256.hex(bytes), "SHA-256 " + $0) }
        ?? ("MD5 " + MD5.hex(bytes), "MD5 " + (file.contentsMD5 ?? file.md5))
      return FileCheck(
        name: name, state: found == expected ? .good : .differs(expected: expected, found: found))
    } catch {
      return FileCheck(name: name, state: .damaged(reason: "\(error)"))
    }
  }

  /// Why a file cannot be what its name says, whatever the checksum; nil where it can.
  private func fault(_ bytes: [UInt8], of file: PublishedFile) -> String? {
    switch source {
    case .builtIn: return nil
    case .idx:
      do { _ = try IDX(bytes) } catch { return "\(error)" }
      return nil
    case .cifar(_, let files):
      let record = files.labelBytes + CIFARRecords.imageBytes
      return bytes.isEmpty || bytes.count % record != 0
        ? "\(DatasetError.notRecords(recordBytes: record, found: bytes.count))" : nil
    }
  }
}
