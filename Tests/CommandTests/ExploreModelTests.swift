import ConvNet
import PictureSupport
import TestSupport
import Testing
import Text

/// What stands in the pages of models; what they do is tried in a browser: `Tests/Browser`.
@Suite("convfilter explore MODEL")
struct ExploreModelTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  /// Writes a model of random weights.
  private func write(
    _ layers: String, height: Int, width: Int, classes: [String] = ["a", "b"]
  ) throws {
    let network = try Network(
      Architecture(layers), input: FeatureShape(height: height, width: width, channels: 1))
    let model = try Model(
      network: network, weights: Weights(network, seed: 3), classNames: classes,
      normalization: .unit(channels: 1))
    try folder.write(ModelFile.encode(model), to: "m.safetensors")
  }

  private func page(_ name: String) throws -> (text: String, data: JSON) {
    let text = String(decoding: try #require(folder.read(name)), as: UTF8.self)
    let start = try #require(text.firstRange(of: "id=\"data\">")).upperBound
    let end = try #require(text[start...].firstRange(of: "</script>")).lowerBound
    return (text, try #require(JSON(text[start..<end].utf8)))
  }

  private func integers(_ json: JSON?) throws -> [Int] {
    let list = try #require(json?.array)
    return list.compactMap(\.integer)
  }

  /// Numbers of single precision, the little end first, in base64.
  private func floats(_ json: JSON?) throws -> [Float] {
    let text = try #require(json?.string)
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var (bits, count): (UInt64, UInt64) = (0, 0)
    var bytes: [UInt32] = []
    for sign in text where sign != "=" {
      bits = bits << 6 | UInt64(try #require(digits.firstIndex(of: sign)))
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt32(bits >> count & 255))
      }
    }
    var numbers: [Float] = []
    for at in stride(from: 0, to: bytes.count - 3, by: 4) {
      let low = bytes[at] | bytes[at + 1] << 8
      let high = bytes[at + 2] | bytes[at + 3] << 8
      numbers.append(Float(bitPattern: low | high << 16))
    }
    return numbers
  }

  @Test(
    "a padded pooling: the samples that the page finds inside make the values of the map",
    arguments: ["avgpool", "maxpool", "minpool"], [(1, 1), (2, 1), (2, 0)])
  func poolings(word: String, windows: (stride: Int, pad: Int)) throws {
    let (height, width) = (7, 6)
    try write(
      "\(word) 3 stride \(windows.stride) pad \(windows.pad); flatten; dense 2", height: height,
      width: width)
    let samples = TestPictures.noise(height * width, 5)
    try folder.write(TestPictures.png(width, height, .gray, samples), to: "in.png")
    let result = try training.run("explore", "m.safetensors", "in.png", "-o", "p.html")
    #expect(result.status == .exited(0), "\(result.errors)")
    let data = try page("p.html").data
    let layer = try #require(data["layers"]?.array?.first)
    let picture = try #require(data["pictures"]?.array?.first)
    #expect(picture["levels"]?.string == Base64.encode(samples))
    let before = try integers(layer["window"]?["before"])
    #expect(before == [windows.pad, windows.pad])
    let shape = try integers(layer["shape"])
    let map = try floats(picture["maps"]?.array?.first)
    #expect(map.count == shape[0] * shape[1])
    for (index, value) in map.enumerated() {
      let (top, left) = (
        index / shape[1] * windows.stride - before[0], index % shape[1] * windows.stride - before[1]
      )
      // What lies beyond the border is no sample, not a zero.
      var inside: [Float] = []
      for y in max(top, 0)..<min(top + 3, height) {
        for x in max(left, 0)..<min(left + 3, width) {
          inside.append(Float(samples[y * width + x]) / 255)
        }
      }
      let expected: Float =
        switch word {
        case "avgpool": inside.reduce(0, +) / Float(inside.count)
        case "maxpool": inside.max()!
        default: inside.min()!
        }
      #expect(abs(value - expected) <= 1e-6, "\(index): \(value), not \(expected)")
    }
  }

  @Test("names of classes and files are texts, whatever stands in them")
  func names() throws {
    let classes = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>&\u{202E}"]
    try write("flatten; dense 2", height: 4, width: 4, classes: classes)
    let file = "<svg onload=alert(3)>'\".png"
    try folder.write(TestPictures.pattern(4, 4), to: file)
    #expect(
      try training.run("explore", "m.safetensors", file, "-o", "p.html").status == .exited(0))
    let (text, data) = try page("p.html")
    #expect(data["classes"]?.array?.first?.string == classes[0])
    #expect(data["pictures"]?.array?.first?["name"]?.string == file)
    for markup in ["<script>alert", "<img src", "<svg onload"] { #expect(!text.contains(markup)) }
    // A shell takes the name for one word.
    #expect(data["command"]?.string?.contains("'<svg onload=alert(3)>'\\''\".png'") == true)
  }

  @Test(
    "says what is wrong",
    arguments: [
      (["m.safetensors", "-o", "p.html"], "name a picture after the model"),
      (["m.safetensors", "in.png", "-o", "p.html", "--side", "64"], "has its own size"),
      (["m.safetensors", "in.png", "-o", "p.html", "--stride", "2"], "has its own size"),
      (["m.safetensors", "none.png", "-o", "p.html"], "no such file"),
    ])
  func refusals(words: [String], reason: String) throws {
    try write("flatten; dense 2", height: 4, width: 4)
    try folder.write(TestPictures.pattern(4, 4), to: "in.png")
    let result = try training.run(["explore"] + words)
    #expect(result.status != .exited(0) && result.errors.contains(reason), "\(result.errors)")
    #expect(!folder.files.contains("p.html"))
  }
}
