import Libc

/// An empty folder that goes away with its value.
public final class ScratchFolder: Sendable {
  public let path: String

  public init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/convfilter-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure(description: "no folder can be made in \(parent)")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// The path of a file within the folder.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file within the folder, with the folders that lead to it.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    makeFolders(name.split(separator: "/").dropLast())
    let path = self(name)
    guard let file = fopen(path, "wb") else {
      throw CommandFailure(description: "\(path): \(String(cString: strerror(errno)))")
    }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      throw CommandFailure(description: "\(path): \(String(cString: strerror(errno)))")
    }
    return path
  }

  /// Takes a file away.
  public func delete(_ name: String) { unlink(self(name)) }

  /// The contents of a file within the folder, or nil.
  public func read(_ name: String) -> [UInt8]? { Self.contents(self(name)) }

  /// The contents of a file, or nil.
  public static func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }

  /// The names of the files within the folder and its folders, hidden ones too, sorted.
  public var files: [String] { Self.files(in: path) }

  /// The names of the files within a folder and its folders, hidden ones too, sorted.
  public static func files(in folder: String) -> [String] { walk(folder, prefix: "").sorted() }

  private func makeFolders(_ parts: ArraySlice<Substring>) {
    var folder = path
    for part in parts {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
  }

  private static func names(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func walk(_ folder: String, prefix: String) -> [String] {
    names(folder).flatMap { name in
      isFolder(folder + "/" + name)
        ? walk(folder + "/" + name, prefix: prefix + name + "/") : [prefix + name]
    }
  }

  private static func remove(_ path: String) {
    if isFolder(path) {
      for name in names(path) { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
