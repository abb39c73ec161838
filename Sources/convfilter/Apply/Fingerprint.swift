import Random
import Raster

/// A number for what a command makes of a picture: the same for the same kernels and options, in every
/// run of the program, and for all practical purposes for no others.
struct Fingerprint: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  /// - Parameter values: plain values, compared by all their parts: a kernel file by its numbers.
  init(_ values: [Any]) {
    var text = ""
    for value in values { Self.write(value, to: &text) }
    high = ContentHash(text.utf8).value
    low = 0x6c62_272e_07bb_0142
    // As the other half, with the multiplier of Knuth's generator.
    for byte in text.utf8 { low = (low ^ UInt64(byte)) &* 6_364_136_223_846_793_005 }
  }

  private static func write(_ value: Any, to text: inout String) {
    // Kernels may hold tens of thousands.
    if let numbers = value as? [Double] {
      for number in numbers { text += "\(number) " }
      text += ";"
      return
    }
    // A mask is what is in it, wherever that lies.
    if let picture = value as? Picture {
      write(picture.format, to: &text)
      // Safety: a row holds `bytesPerRow` bytes.
      let rows = (0..<picture.format.height).lazy.map {
        UnsafeRawBufferPointer(start: picture.row($0), count: picture.format.bytesPerRow)
      }
      text += "\(ContentHash(rows.joined()).value);"
      return
    }
    let mirror = Mirror(reflecting: value)
    if mirror.children.isEmpty {
      text += "\(value);"
      return
    }
    var parts = mirror.children.map { child in
      var part = child.label ?? ""
      part += "="
      write(child.value, to: &part)
      return part
    }
    // These have no order.
    if mirror.displayStyle == .set || mirror.displayStyle == .dictionary { parts.sort() }
    text += "{" + parts.joined() + "}"
  }
}
