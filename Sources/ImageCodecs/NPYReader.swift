import Raster

/// Reads arrays of NumPy: height × width, or height × width × channels, of 8 or 16 bits, of floats or of truths.
final class NPYReader: FormatReader {
  private let source: SourceHandle
  private let header: NPYHeader
  private let damage: DamagePolicy
  let format: PictureFormat
  let metadata = Metadata()
  private(set) var warnings: [String] = []
  private(set) var isDamaged = false
  private(set) var others: [String] = []
  /// Rows still to come.
  private var rowsLeft: Int
  /// A row of the file, where its floats have other bits.
  private var stored: [UInt8] = []

  init(_ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy) throws(CodecError) {
    self.source = source
    self.damage = damage
    header = try Self.header(source)
    try limits.check(width: header.width, height: header.height)
    format = PictureFormat(
      width: header.width, height: header.height, color: header.color, sample: header.sample)
    rowsLeft = header.height
    if header.floatBytes != 4 {
      stored = [UInt8](repeating: 0, count: format.samplesPerRow * header.floatBytes)
    }
  }

  private static func header(_ source: SourceHandle) throws(CodecError) -> NPYHeader {
    let place = "in its header"
    let head = try source.bytes(8, of: .npy, place)
    guard (1...3).contains(head[6]) else {
      throw .unsupported(.npy, "version \(head[6]).\(head[7]) of the format")
    }
    let count = try source.bytes(head[6] == 1 ? 2 : 4, of: .npy, place).reversed()
      .reduce(0) { $0 << 8 | Int($1) }
    // NumPy itself reads no more than 10,000 unless told to.
    guard count <= 65536 else { throw .damaged(.npy, "a header of \(count) bytes") }
    return try NPYHeader(try source.bytes(count, of: .npy, place))
  }

  var encoding: Encoding { .npy(NPYEncoding(hasChannelAxis: header.shape.count == 3)) }

  func read(into band: RowBand) throws(CodecError) {
    for y in band.rows {
      let row = UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow)
      if isDamaged {
        format.fillGray(row)
        continue
      }
      guard try take(row) else {
        guard damage == .tolerate else { throw .truncated(.npy, "within the picture's samples") }
        isDamaged = true
        warnings.append("the file ends within the picture; the rest is gray")
        format.fillGray(row)
        continue
      }
      if header.isTruth { for index in row.indices { row[index] = row[index] == 0 ? 0 : 255 } }
      if stored.isEmpty { orderBytes(row, of: header.sample, isBigEndian: header.isBigEndian) }
    }
    rowsLeft -= band.count
    if rowsLeft == 0, !isDamaged, !(try source.peek(1).isEmpty) {
      others.append("data behind the picture")
    }
  }

  /// Reads a row; false where the file ends within it.
  private func take(_ row: UnsafeMutableRawBufferPointer) throws(CodecError) -> Bool {
    if stored.isEmpty { return try source.read(into: row) == row.count }
    var failure: CodecError?
    let count = stored.withUnsafeMutableBytes { buffer in
      do throws(CodecError) { return try source.read(into: buffer) } catch { failure = error }
      return 0
    }
    if let failure { throw failure }
    if count < stored.count { return false }
    let samples = row.bindMemory(to: Float.self)
    let isRounded = stored.withUnsafeBytes { bytes in
      header.floatBytes == 2
        ? header.widen(bytes, into: samples) : header.narrow(bytes, into: samples)
    }
    if isRounded, warnings.isEmpty { warnings.append("floats of 64 bits are rounded to 32") }
    return true
  }
}

extension NPYHeader {
  /// Floats of 16 bits, exactly.
  ///
  /// - Returns: whether any becomes another: none.
  fileprivate func widen(
    _ bytes: UnsafeRawBufferPointer, into samples: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    for index in samples.indices {
      let stored = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      samples[index] = Float(half: isBigEndian ? stored.bigEndian : stored.littleEndian)
    }
    return false
  }

  /// Floats of 64 bits, to the nearest of 32.
  ///
  /// - Returns: whether any becomes another.
  fileprivate func narrow(
    _ bytes: UnsafeRawBufferPointer, into samples: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    var isRounded = false
    for index in samples.indices {
      let stored = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
      let exact = Double(bitPattern: isBigEndian ? stored.bigEndian : stored.littleEndian)
      samples[index] = Float(exact)
      if Double(samples[index]) != exact, !exact.isNaN { isRounded = true }
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

extension SourceHandle {
  /// The next bytes, all of them.
  func bytes(_ count: Int, of format: FileFormat, _ place: String) throws(CodecError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: CodecError?
    let read = bytes.withUnsafeMutableBytes { buffer in
      do throws(CodecError) { return try self.read(into: buffer) } catch { failure = error }
      return 0
    }
    if let failure { throw failure }
    guard read == count else { throw .truncated(format, place) }
    return bytes
  }
}

extension PictureFormat {
  /// Makes up a row, where there are no data: gray, and opaque.
  func fillGray(_ row: UnsafeMutableRawBufferPointer) {
    if sample == .float32 {
      let samples = row.bindMemory(to: Float.self)
      for index in samples.indices {
        samples[index] = color.hasAlpha && index % color.channels == color.channels - 1 ? 1 : 0.5
      }
      return
    }
    for index in row.indices {
      let channel = index / sample.byteCount % color.channels
      row[index] = color.hasAlpha && channel == color.channels - 1 ? 255 : 128
    }
  }
}
