import ArgumentParser
import Datasets
import Raster
import Text

/// `none`, or changes with commas between: `flip`, `shift=2`, `crop=28`, `rotate=15`.
struct AugmentationValue: ExpressibleByArgument, Equatable {
  var augmentation = Augmentation.none

  init(_ augmentation: Augmentation) { self.augmentation = augmentation }

  /// What a value may be, for messages and help.
  static let expected =
    "flip (half of the images are mirrored in the first epoch, the others in the next, and so on; "
    + "flip=alternating is the same), flip=random (each with probability ½), shift=PIXELS (beyond the "
    + "border the image goes on mirrored), crop=PIXELS, cutout=PIXELS, part=SHARE (a random part of at "
    + "least this share of the area, resized), rotate=DEGREES, zoom=SHARE, brightness=SHARE, "
    + "contrast=SHARE, saturation=SHARE, hue=SHARE (of the circle, to 0.5), mixup=ALPHA; each once, "
    + "above 0"

  init?(argument: String) {
    if argument == "none" { return }
    var names: Set<String> = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = pair.first, names.insert(name).inserted,
        set(name, to: pair.dropFirst().first)
      else { return nil }
    }
  }

  /// - Returns: whether there is such a change, and its value is in its range.
  private mutating func set(_ name: String, to value: String?) -> Bool {
    switch (name, value) {
    case ("flip", nil), ("flip", "alternating"): augmentation.flip = .alternating
    case ("flip", "random"): augmentation.flip = .random
    case ("shift", let text?):
      guard let pixels = Self.pixels(text) else { return false }
      augmentation.translation = pixels
    case ("cutout", let text?):
      guard let pixels = Self.pixels(text) else { return false }
      augmentation.cutout = pixels
    case ("crop", let text?):
      guard let pixels = Self.pixels(text) else { return false }
      augmentation.crop = .init(height: pixels, width: pixels)
    case ("part", let text?):
      guard let share = Float(text), share > 0, share <= 1 else { return false }
      augmentation.part = share
    case (_, let text?):
      guard let change = Self.changes.first(where: { $0.name == name }),
        let number = Float(text), number > 0, number <= change.most
      else { return false }
      augmentation[keyPath: change.path] = number
    default: return false
    }
    return true
  }

  /// Changes by a number above 0, up to a largest one.
  private struct Change {
    var name: String
    var path: WritableKeyPath<Augmentation, Float>
    var most: Float
  }

  private static var changes: [Change] {
    [
      Change(name: "rotate", path: \.rotation, most: 180),
      Change(name: "zoom", path: \.zoom, most: 0.9),
      Change(name: "brightness", path: \.color.brightness, most: 10),
      Change(name: "contrast", path: \.color.contrast, most: 10),
      Change(name: "saturation", path: \.color.saturation, most: 10),
      Change(name: "hue", path: \.color.hue, most: 0.5),
      Change(name: "mixup", path: \.mixup, most: 4),
    ]
  }

  /// What is wrong with the value of a change that there is; nil where something else is wrong.
  static func mistake(_ list: String) -> String? {
    for part in list.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, let range = range(of: String(pair[0])) else { continue }
      var value = AugmentationValue(.none)
      if !value.set(String(pair[0]), to: String(pair[1])) {
        return "\(String(part).shortened()): expected \(range)"
      }
    }
    return nil
  }

  private static func range(of name: String) -> String? {
    switch name {
    case "shift", "cutout", "crop": "a whole number of pixels from 1 to 4096"
    case "part": "a number above 0 to 1"
    case "flip": "flip, flip=alternating or flip=random"
    default:
      changes.first { $0.name == name }.map { change in
        "a number above 0 to " + (change.most < 1 ? "\(change.most)" : "\(Int(change.most))")
      }
    }
  }

  private static func pixels(_ text: String) -> Int? {
    Int(text).flatMap { (1...4096).contains($0) ? $0 : nil }
  }

  /// As it is written on the command line.
  var text: String {
    func number(_ value: Float) -> String {
      value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
    var parts: [String] = []
    switch augmentation.flip {
    case .none: break
    case .random: parts.append("flip=random")
    case .alternating: parts.append("flip")
    }
    if augmentation.translation > 0 { parts.append("shift=\(augmentation.translation)") }
    if let crop = augmentation.crop { parts.append("crop=\(crop.width)") }
    if let part = augmentation.part { parts.append("part=\(number(part))") }
    for change in Self.changes where change.name != "mixup" {
      let value = augmentation[keyPath: change.path]
      if value > 0 { parts.append("\(change.name)=\(number(value))") }
    }
    if augmentation.cutout > 0 { parts.append("cutout=\(augmentation.cutout)") }
    if augmentation.mixup > 0 { parts.append("mixup=\(number(augmentation.mixup))") }
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }
}
