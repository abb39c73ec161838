import CImageCodecs

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

  /// Writes all bytes.
  ///
  /// - Returns: 0, or `errno`.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    // Safety: C reads `count` bytes.
    descriptor_write(descriptor, bytes.baseAddress, bytes.count)
  }
}
