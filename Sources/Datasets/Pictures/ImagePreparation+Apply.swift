import ImageCodecs
import Raster

extension ImagePreparation {
  /// The image that a network sees of a picture.
  ///
  /// In this order: 8 bits a sample; transparent pixels laid on the background; gray or RGB; the
  /// part and size that `fit` says, by one antialiased resize (a triangle, in single precision,
  /// rounded once).
  ///
  /// - Parameters:
  ///   - picture: upright, of any colour model and sample type.
  ///   - extent: what `reduce` says of it; nil for all its pixels.
  /// - Returns: `[height, width, channels]`, 0…255.
  public func image(of picture: Picture, extent: Extent? = nil) -> [UInt8] {
    let (columns, rows, area) = axes(picture.format, extent ?? Extent(picture.format))
    let source = LevelRow(picture.format, channels: channels, background: background)
    let lineLength = picture.format.width * channels
    let outLength = columns.target * channels
    var sums = [Float](repeating: 0, count: rows.target * outLength)
    var line = [UInt8](repeating: 0, count: lineLength)
    var narrow = [Float](repeating: 0, count: outLength)
    var firstOpen = 0
    for y in rows.sources(0).lowerBound..<rows.sources(rows.target - 1).upperBound {
      line.withUnsafeMutableBufferPointer { source.read(picture.row(y), into: $0.baseAddress!) }
      shrink(line, columns, into: &narrow)
      while rows.sources(firstOpen).upperBound <= y { firstOpen += 1 }
      var target = firstOpen
      while target < rows.target && rows.sources(target).contains(y) {
        let weight = rows.values[rows.weights[target].lowerBound + y - rows.first[target]]
        sums.withUnsafeMutableBufferPointer { sums in
          narrow.withUnsafeBufferPointer { narrow in
            // Safety: a row of sums and `narrow` hold `outLength` values.
            let (row, narrow) = (sums.baseAddress! + target * outLength, narrow.baseAddress!)
            for x in 0..<outLength { row[x] += weight * narrow[x] }
          }
        }
        target += 1
      }
    }
    return place(sums, area)
  }

  /// Decodes a file and turns the picture upright.
  ///
  /// - Throws: `CodecError`.
  public static func picture(of file: [UInt8]) throws(CodecError) -> Picture {
    let reader = try PictureReader(.bytes(file))
    let picture = try reader.readPicture()
    return picture.upright(from: reader.metadata.orientation)
  }

  /// Where the picture lands in the image.
  private struct Area {
    var left: Int
    var top: Int
    var width: Int
    var height: Int
  }

  private func axes(
    _ format: PictureFormat, _ extent: Extent
  ) -> (ResampleAxis, ResampleAxis, Area) {
    let (w, h) = (extent.width, extent.height)
    var area = Area(left: 0, top: 0, width: width, height: height)
    var (partWidth, partHeight) = (w, h)
    let (across, down) = (Double(width) / w, Double(height) / h)
    switch fit {
    case .stretch: break
    case .crop:
      if across > down {
        partHeight = Double(height) / across
      } else {
        partWidth = Double(width) / down
      }
    case .pad:
      if across > down {
        area.width = max(1, Int((w * down).rounded()))
      } else {
        area.height = max(1, Int((h * across).rounded()))
      }
      area.left = (width - area.width) / 2
      area.top = (height - area.height) / 2
    }
    let columns = ResampleAxis(
      count: format.width, start: (w - partWidth) / 2, length: partWidth, target: area.width)
    let rows = ResampleAxis(
      count: format.height, start: (h - partHeight) / 2, length: partHeight, target: area.height)
    return (columns, rows, area)
  }

  private func shrink(_ line: [UInt8], _ axis: ResampleAxis, into narrow: inout [Float]) {
    line.withUnsafeBufferPointer { line in
      axis.values.withUnsafeBufferPointer { values in
        narrow.withUnsafeMutableBufferPointer { narrow in
          for x in 0..<axis.target {
            let (range, first) = (axis.weights[x], axis.first[x])
            // Safety: the axis names samples of the line only; `narrow` has room for each target.
            let weights = values.baseAddress! + range.lowerBound
            let source = line.baseAddress! + first * channels
            let target = narrow.baseAddress! + x * channels
            if channels == 3 {
              var (red, green, blue): (Float, Float, Float) = (0, 0, 0)
              for tap in 0..<range.count {
                red += weights[tap] * Float(source[3 * tap])
                green += weights[tap] * Float(source[3 * tap + 1])
                blue += weights[tap] * Float(source[3 * tap + 2])
              }
              (target[0], target[1], target[2]) = (red, green, blue)
            } else {
              for channel in 0..<channels {
                var sum: Float = 0
                for tap in 0..<range.count {
                  sum += weights[tap] * Float(source[tap * channels + channel])
                }
                target[channel] = sum
              }
            }
          }
        }
      }
    }
  }

  private func place(_ sums: [Float], _ area: Area) -> [UInt8] {
    func level(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value + 0.5))) }
    if area.width == width && area.height == height { return sums.map(level) }
    let colour = SIMD3<Int>(truncatingIfNeeded: background)
    let empty =
      channels == 3 ? [background[0], background[1], background[2]] : [LevelRow.gray(colour)]
    var image = (0..<width * height).flatMap { _ in empty }
    let length = area.width * channels
    for y in 0..<area.height {
      let start = ((area.top + y) * width + area.left) * channels
      for x in 0..<length { image[start + x] = level(sums[y * length + x]) }
    }
    return image
  }
}
