/// The types of numbers in safetensors files.
enum TensorType: String, Sendable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case f64 = "F64"
  case i64 = "I64"
  case u64 = "U64"
  case i32 = "I32"
  case u32 = "U32"
  case i16 = "I16"
  case u16 = "U16"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  /// Bytes of a number.
  var size: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .i8, .u8, .bool: 1
    }
  }

  /// Numbers in single precision, or nil for types that are no floating-point numbers.
  ///
  /// - Parameter bytes: whole numbers of this type, little-endian.
  func floats(_ bytes: ArraySlice<UInt8>) -> [Float]? {
    let count = bytes.count / size
    func convert(_ number: (UnsafeRawBufferPointer, Int) -> Float) -> [Float] {
      bytes.withUnsafeBytes { raw in
        // Safety: number `index` ends within the bytes; loads need no alignment.
        [Float](unsafeUninitializedCapacity: count) { into, done in
          for index in 0..<count { into[index] = number(raw, index * size) }
          done = count
        }
      }
    }
    switch self {
    case .f32:
      return [Float](unsafeUninitializedCapacity: count) { into, done in
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(into).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: $0[..<(count * size)]))
        }
        done = count
      }
    case .f64:
      return convert { Float($0.loadUnaligned(fromByteOffset: $1, as: Double.self)) }
    case .bf16:
      return convert {
        Float(bitPattern: UInt32($0.loadUnaligned(fromByteOffset: $1, as: UInt16.self)) << 16)
      }
    case .f16:
      return convert { Self.half($0.loadUnaligned(fromByteOffset: $1, as: UInt16.self)) }
    default: return nil
    }
  }

  /// A number of 16 bits: a sign, 5 bits of exponent, 10 of fraction (IEEE 754 binary16).
  static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits >> 15) << 31
    let exponent = UInt32(bits >> 10 & 31)
    let fraction = UInt32(bits & 1023)
    switch exponent {
    case 0:
      let value = Float(fraction) * 0x1p-24
      return sign == 0 ? value : -value
    case 31: return Float(bitPattern: sign | 255 << 23 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
