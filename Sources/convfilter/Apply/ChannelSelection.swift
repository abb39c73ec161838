import KernelLanguage
import Raster

/// Which channels are filtered, before it is known which ones a picture has.
enum ChannelSelection: Equatable, Sendable {
  case all
  case luma
  /// Letters of `rgba` or `cmyk`.
  case letters(String)
  /// Counted from 0, alpha counted.
  case indices(Set<Int>)

  init?(_ text: String) {
    let text = text.lowercased()
    switch text {
    case "all": self = .all
    case "luma", "luminance", "y": self = .luma
    default:
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let indices = parts.compactMap { Int($0) }
      if indices.count == parts.count, indices.allSatisfy({ $0 >= 0 }) {
        self = .indices(Set(indices))
      } else if !text.isEmpty,
        text.allSatisfy({ "rgba".contains($0) }) || text.allSatisfy({ "cmyk".contains($0) })
      {
        self = .letters(text)
      } else {
        return nil
      }
    }
  }

  /// The choice for a picture.
  ///
  /// - Throws: `ChannelError` where the picture lacks a channel.
  func choice(for color: ColorModel) throws(ChannelError) -> ChannelChoice {
    switch self {
    case .all: return .all
    case .luma: return color.colorChannels == 1 ? .only([0]) : .luma
    case .indices(let indices): return .only(indices)
    case .letters(let letters):
      let names = Self.names(color)
      var wanted = Set(letters)
      // Red, green and blue together are what a gray picture has.
      if color.colorChannels == 1, wanted.isSuperset(of: "rgb") {
        wanted.subtract("rgb")
        wanted.insert(" ")
      }
      var indices: Set<Int> = []
      for letter in wanted {
        guard let index = names.firstIndex(of: letter) else {
          throw ChannelError(letter: letter, channels: Self.title(color))
        }
        indices.insert(index)
      }
      return .only(indices)
    }
  }

  private static func names(_ color: ColorModel) -> [Character] {
    switch color {
    case .gray: [" "]
    case .grayAlpha: [" ", "a"]
    case .rgb: ["r", "g", "b"]
    case .rgba: ["r", "g", "b", "a"]
    case .cmyk: ["c", "m", "y", "k"]
    }
  }

  private static func title(_ color: ColorModel) -> String {
    switch color {
    case .gray: "a gray picture"
    case .grayAlpha: "a gray picture with alpha"
    case .rgb: "an RGB picture"
    case .rgba: "an RGB picture with alpha"
    case .cmyk: "a CMYK picture"
    }
  }
}

/// A letter of `--channels` that stands for no channel of a picture.
struct ChannelError: Error, Equatable, CustomStringConvertible {
  var letter: Character
  var channels: String

  var description: String {
    "\(channels) has no channel '\(letter)'; use --channels all or numbers from 0"
  }
}
