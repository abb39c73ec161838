import ImageCodecs
import Libc
import Raster

/// A file opened for reading, closed with its value unless it is standard input.
struct OpenFile: ~Copyable {
  let descriptor: Int32

  /// Takes a descriptor over.
  init(descriptor: Int32) { self.descriptor = descriptor }

  static var standardInput: OpenFile { OpenFile(descriptor: 0) }

  /// - Throws: `FileError.missing` or `.unreadable`.
  init(_ path: FilePath) throws(FileError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    if descriptor < 0 {
      if errno == ENOENT, path.isLink { throw .danglingLink }
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(reason: errno)
    }
    self.descriptor = descriptor
  }

  /// - Throws: `FileError.missing` or `.unreadable`.
  init(_ input: Job.Input) throws(FileError) {
    switch input {
    case .standardInput: self = .standardInput
    case .file(let path): self = try OpenFile(path)
    case .member: preconditionFailure("members have no file of their own")
    }
  }

  deinit { if descriptor > 2 { close(descriptor) } }

  /// - Throws: `FileError.folderAsPicture` for a folder, which opens but cannot be read.
  func pictureStatus() throws(FileError) -> FileStatus {
    let status = try FileStatus(descriptor: descriptor)
    if status.kind == .folder { throw .folderAsPicture }
    return status
  }

  /// All bytes.
  ///
  /// - Parameters:
  ///   - limit: bytes that are read at most (a pipe may never end).
  ///   - goesOn: asked after each block with what is there; false for enough.
  /// - Throws: `FileError.tooLarge` or `.unreadable`.
  func contents(
    limit: Int, while goesOn: ([UInt8]) throws(FileError) -> Bool = { _ in true }
  ) throws(FileError) -> [UInt8] {
    try Self.contents(of: descriptor, limit: limit, while: goesOn)
  }

  static func contents(
    of descriptor: Int32, limit: Int,
    while goesOn: ([UInt8]) throws(FileError) -> Bool = { _ in true }
  ) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // A file says how long it is: it is refused before it is read.
    if let status = try? FileStatus(descriptor: descriptor), status.kind == .regular {
      if status.size > limit { throw .tooLarge(limit: limit) }
    }
    try forEachBlock(of: descriptor) { block throws(FileError) in
      bytes.append(contentsOf: block)
      if bytes.count > limit { throw .tooLarge(limit: limit) }
      return try goesOn(bytes)
    }
    return bytes
  }

  /// Calls `body` with the bytes from where the descriptor stands to the end, or until it says false.
  static func forEachBlock(
    of descriptor: Int32, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Bool
  ) throws(FileError) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { block.deallocate() }
    while true {
      let count: Int
      do {
        count = try Descriptor.read(descriptor, into: block)
      } catch {
        throw .unreadable(reason: error.errno)
      }
      if count == 0 { return }
      guard try body(UnsafeRawBufferPointer(rebasing: block[..<count])) else { return }
    }
  }
}
