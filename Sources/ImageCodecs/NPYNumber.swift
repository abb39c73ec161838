import Raster

/// A number of an array of NumPy that comes out as a float of 32 bits; the name is that of `descr`, without its
/// byte order.
enum NPYNumber: String {
  case half = "f2"
  case double = "f8"
  case int8 = "i1"
  case int16 = "i2"
  case int32 = "i4"
  case int64 = "i8"
  case uint32 = "u4"
  case uint64 = "u8"

  /// In the file.
  var byteCount: Int { Int(rawValue.utf8.last! - UInt8(ascii: "0")) }

  /// What is said where a number has become another.
  var rounding: String {
    self == .double
      ? "floats of 64 bits are rounded to 32" : "whole numbers are rounded to floats of 32 bits"
  }

  /// Numbers of the file as floats of 32 bits, each the nearest one.
  ///
  /// - Returns: whether any becomes another.
  func floats(
    _ bytes: UnsafeRawBufferPointer, isBigEndian: Bool,
    into samples: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    switch self {
    case .half:
      for index in samples.indices {
        let stored = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        samples[index] = Float(half: isBigEndian ? stored.bigEndian : stored.littleEndian)
      }
      return false
    case .double:
      var isRounded = false
      for index in samples.indices {
        let stored = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        let exact = Double(bitPattern: isBigEndian ? stored.bigEndian : stored.littleEndian)
        samples[index] = Float(exact)
        if Double(samples[index]) != exact, !exact.isNaN { isRounded = true }
      }
      return isRounded
    case .int8: return Self.widen(Int8.self, bytes, isBigEndian, into: samples)
    case .int16: return Self.widen(Int16.self, bytes, isBigEndian, into: samples)
    case .int32: return Self.widen(Int32.self, bytes, isBigEndian, into: samples)
    case .int64: return Self.widen(Int64.self, bytes, isBigEndian, into: samples)
    case .uint32: return Self.widen(UInt32.self, bytes, isBigEndian, into: samples)
    case .uint64: return Self.widen(UInt64.self, bytes, isBigEndian, into: samples)
    }
  }

  private static func widen<Whole: FixedWidthInteger>(
    _ type: Whole.Type, _ bytes: UnsafeRawBufferPointer, _ isBigEndian: Bool,
    into samples: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    var isRounded = false
    for index in samples.indices {
      let stored = bytes.loadUnaligned(
        fromByteOffset: type.bitWidth / 8 * index, as: Whole.self)
      let exact = isBigEndian ? Whole(bigEndian: stored) : Whole(littleEndian: stored)
      samples[index] = Float(exact)
      if Whole(exactly: samples[index]) != exact { isRounded = true }
    }
    return isRounded
  }
}

extension Float {
  /// - Parameter half: a float of 16 bits (IEEE 754 binary16).
  init(half: UInt16) {
    let (exponent, fraction) = (Int(half >> 10 & 31), Float(half & 1023))
    let size: Float =
      switch exponent {
      case 31: fraction == 0 ? .infinity : .nan
      case 0: fraction * 0x1p-24
      default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    self = half >> 15 == 1 ? -size : size
  }
}
