#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of a data set, to read.
///
/// The one place of this room that opens files. Names are relative to the folder; which folder it
/// is, the caller decides.
public struct DataFolder: Sendable, Equatable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The folder of that name within this one.
  public func folder(_ name: String) -> DataFolder { DataFolder(path + "/" + name) }

  /// Whether the folder exists and may be read.
  public var exists: Bool { Self.kind(path) == .folder && access(path, R_OK | X_OK) == 0 }

  /// What a folder holds.
  public struct Entries: Sendable, Equatable {
    /// In natural order.
    public var folders: [String] = []
    /// In natural order.
    public var files: [String] = []
    /// Names that begin with a point, and names that are bookkeeping of a desktop.
    public var hidden: [String] = []
  }

  /// - Throws: `DatasetError.unreadable`.
  public func entries() throws(DatasetError) -> Entries {
    guard let stream = opendir(path) else { throw Self.failure(".") }
    defer { closedir(stream) }
    var entries = Entries()
    while let entry = readdir(stream) {
      // Safety: d_name is a terminated string of the entry, which lives until the next `readdir`.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      if name.hasPrefix(".") || name == "__MACOSX" || name == "Thumbs.db" {
        entries.hidden.append(name)
        continue
      }
      switch Self.kind(path + "/" + name) {
      case .folder: entries.folders.append(name)
      case .file: entries.files.append(name)
      case .other: break
      }
    }
    entries.folders.sort(by: naturallyPrecedes)
    entries.files.sort(by: naturallyPrecedes)
    entries.hidden.sort(by: naturallyPrecedes)
    return entries
  }

  /// The size of a file, in bytes, or nil where there is no such file.
  public func size(_ name: String) -> Int? {
    var status = stat()
    guard stat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int(status.st_size)
  }

  /// A whole file.
  ///
  /// - Throws: `DatasetError.unreadable`, with the reason that the system gives.
  public func read(_ name: String) throws(DatasetError) -> [UInt8] {
    let descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(name) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    let size = size(name) ?? 0
    var problem: DatasetError?
    while problem == nil {
      // One byte more than is left shows the end of a file without another round.
      let room = max(4096, size - bytes.count + 1)
      let block = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
        let count = readBytes(descriptor, buffer.baseAddress!, room)
        if count < 0 { problem = Self.failure(name) }
        filled = max(0, count)
      }
      if block.isEmpty { break }
      if bytes.isEmpty { bytes = block } else { bytes += block }
    }
    if let problem { throw problem }
    return bytes
  }

  /// Reads a file piece by piece.
  ///
  /// - Throws: `DatasetError.unreadable`.
  public func read(
    _ name: String, pieces: Int = 1 << 20, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(DatasetError) {
    let descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(name) }
    defer { close(descriptor) }
    var block = [UInt8](repeating: 0, count: pieces)
    while true {
      let count = readBytes(descriptor, &block, pieces)
      if count < 0 { throw Self.failure(name) }
      if count == 0 { return }
      body(block[..<count])
    }
  }

  private enum Kind { case folder, file, other }

  private static func kind(_ path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .other }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    default: return .other
    }
  }

  static func failure(_ name: String) -> DatasetError {
    .unreadable(file: name, reason: String(cString: strerror(errno)))
  }
}

/// `read(2)`, whose name a method of `DataFolder` hides.
private func readBytes(
  _ descriptor: Int32, _ target: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Int {
  read(descriptor, target, count)
}
