import CImageCodecs
import Libc

/// Bytes through an open file, pipe or device.
///
/// A signal in between is no failure, and a descriptor that does not block is waited for.
public enum Descriptor {
  /// What the system says of a call that failed.
  public struct Failure: Error, Equatable {
    public let errno: Int32
  }

  /// Reads once.
  ///
  /// - Parameter buffer: one byte or more.
  /// - Returns: how many bytes were read; 0 at the end.
  public static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Int {
    // Safety: C writes at most `count` bytes.
    let count = descriptor_read(descriptor, buffer.baseAddress, buffer.count)
    if count < 0 { throw Failure(errno: Int32(-count)) }
    return count
  }

  /// Reads into an array.
  ///
  /// - Parameter offset: a place in a file, from which as much is read as there is; nil to read once from
  ///   where the descriptor stands.
  /// - Returns: how many bytes were read.
  public static func read(
    _ descriptor: Int32, at offset: Int? = nil, into bytes: inout [UInt8]
  ) throws(Failure) -> Int {
    let count = bytes.withUnsafeMutableBytes { bytes in
      // Safety: C writes at most `count` bytes.
      if let offset {
        return descriptor_read_at(descriptor, off_t(offset), bytes.baseAddress, bytes.count)
      }
      return descriptor_read(descriptor, bytes.baseAddress, bytes.count)
    }
    if count < 0 { throw Failure(errno: Int32(-count)) }
    return count
  }

  /// Passes over bytes of a file without reading them.
  ///
  /// - Returns: false where it is no file, or has not so many bytes; nothing is passed over then.
  public static func skip(_ descriptor: Int32, _ count: Int) -> Bool {
    var status = stat()
    let place = lseek(descriptor, 0, SEEK_CUR)
    guard place >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      count <= Int(status.st_size) - Int(place)
    else { return false }
    return lseek(descriptor, off_t(count), SEEK_CUR) >= 0
  }

  /// Writes all bytes.
  ///
  /// - Returns: 0, or `errno`.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    // Safety: C reads `count` bytes.
    descriptor_write(descriptor, bytes.baseAddress, bytes.count)
  }
}
