/// A TIFF file of one row, with fields of its own behind the others.
///
/// - Parameters:
///   - pixels: samples of 8 bits.
///   - samples: of a pixel; nil for three of CIELAB (photometric 8), else one.
///   - fields: tags in their order, beyond those that say how the file is laid out.
func tiff(
  _ pixels: [UInt8] = [7], photometric: Int = 1, samples: Int? = nil,
  fields: [(tag: Int, type: Int, bytes: [UInt8])] = [], isBigEndian: Bool = false
) -> [UInt8] {
  func number(_ value: Int, _ count: Int) -> [UInt8] {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isBigEndian ? bytes.reversed() : bytes
  }
  let samples = samples ?? (photometric == 8 ? 3 : 1)
  let layout = [
    (256, pixels.count / samples), (257, 1), (258, 8), (259, 1), (262, photometric), (273, 8),
    (277, samples), (278, 1), (279, pixels.count),
  ]
  let padded = pixels + (pixels.count % 2 == 0 ? [] : [0])
  var file = Array((isBigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8 + padded.count, 4)
  file += padded
  let count = layout.count + fields.count
  let start = file.count + 2 + 12 * count + 4
  // The bits of several samples stand behind the directory.
  var values: [UInt8] = samples > 2 ? (0..<samples).flatMap { _ in number(8, 2) } : []
  file += number(count, 2)
  for (tag, value) in layout {
    if tag == 258, samples > 2 {
      file += number(tag, 2) + number(3, 2) + number(samples, 4) + number(start, 4)
    } else {
      file += number(tag, 2) + number(4, 2) + number(1, 4) + number(value, 4)
    }
  }
  for field in fields {
    let size = field.type == 4 ? 4 : field.type == 3 ? 2 : 1
    file += number(field.tag, 2) + number(field.type, 2) + number(field.bytes.count / size, 4)
    if field.bytes.count <= 4 {
      file += field.bytes + [UInt8](repeating: 0, count: 4 - field.bytes.count)
      continue
    }
    file += number(start + values.count, 4)
    values += field.bytes + (field.bytes.count % 2 == 0 ? [] : [0])
  }
  return file + number(0, 4) + values
}
