import Raster

/// Writes raw PBM (P4), PGM (P5), PPM (P6) and PAM (P7): the kind that is asked for, else the simplest
/// that holds the picture.
final class PNMWriter: FormatWriter {
  private let format: PictureFormat
  private let kind: PNMKind
  private let sink: SinkHandle
  /// A row of the file, where it is not that of the picture.
  private var row: [UInt8] = []

  /// - Parameter kind: one that holds alpha and colours where the picture has them.
  init(_ format: PictureFormat, _ sink: SinkHandle, _ kind: PNMKind?) throws(CodecError) {
    let kind = kind ?? (format.color.hasAlpha ? .pam : format.color == .gray ? .pgm : .ppm)
    precondition(kind.holdsAlpha || !format.color.hasAlpha, "no place for alpha")
    precondition(kind.holdsColor || format.color == .gray, "no place for colours")
    self.format = format
    self.kind = kind
    self.sink = sink
    let (width, height) = (format.width, format.height)
    let maximum = Int(format.sample.maximum)
    let header =
      switch kind {
      case .pbm: "P4\n\(width) \(height)\n"
      case .pgm: "P5\n\(width) \(height)\n\(maximum)\n"
      case .ppm: "P6\n\(width) \(height)\n\(maximum)\n"
      case .pam:
        "P7\nWIDTH \(width)\nHEIGHT \(height)\nDEPTH \(format.color.channels)\n"
          + "MAXVAL \(maximum)\nTUPLTYPE \(format.color.tupleType)\nENDHDR\n"
      }
    row = Array(header.utf8)
    try writeRow()
  }

  var bandRows: Int? { nil }

  private func writeRow() throws(CodecError) { try sink.write(row) }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let rows = band.plainRows
    for y in rows.rows {
      // Safety: a row is `bytesPerRow` bytes long.
      let samples = UnsafeRawBufferPointer(start: rows.row(y), count: format.bytesPerRow)
      if kind == .pbm {
        try pack(samples)
      } else if kind == .ppm && format.color == .gray {
        let size = format.sample.byteCount
        row = [UInt8](repeating: 0, count: 3 * samples.count)
        for index in row.indices { row[index] = samples[index / (3 * size) * size + index % size] }
      } else if format.sample == .uint16 {
        row = Array(samples)
      } else {
        try sink.write(samples)
        continue
      }
      if kind != .pbm {
        row.withUnsafeMutableBytes { orderBytes($0, of: format.sample, isBigEndian: true) }
      }
      try writeRow()
    }
  }

  /// Eight pixels a byte, 1 for black.
  private func pack(_ samples: UnsafeRawBufferPointer) throws(CodecError) {
    row = [UInt8](repeating: 0, count: (format.width + 7) / 8)
    let white = Int(format.sample.maximum)
    for x in 0..<format.width {
      let sample =
        format.sample == .uint8
        ? Int(samples[x]) : Int(samples.load(fromByteOffset: 2 * x, as: UInt16.self))
      guard sample == 0 || sample == white else { throw .notTwoLevels(sample: sample) }
      if sample == 0 { row[x >> 3] |= 128 >> UInt8(x & 7) }
    }
  }

  func finish(late: Metadata?) throws(CodecError) { try sink.flush() }
}

extension ColorModel {
  /// The tuple type of PAM.
  fileprivate var tupleType: String {
    switch self {
    case .gray: "GRAYSCALE"
    case .grayAlpha: "GRAYSCALE_ALPHA"
    case .rgb: "RGB"
    case .rgba: "RGB_ALPHA"
    case .cmyk: "CMYK"
    }
  }
}
