import ConvNet
import Raster
import Testing
import Text

@Suite("Model files")
struct SafetensorsTests {
  static func model() throws -> Model {
    let network = try Network(
      Architecture(everything), input: FeatureShape(height: 8, width: 8, channels: 1))
    return try Model(
      network: network, weights: Weights(network, .he, seed: 4),
      classNames: ["a \"quoted\" one", "zwölf\n\t\\"],
      normalization: Normalization(mean: [0.1307], deviation: [0.3081]),
      facts: ["epochs": "3", "data set": "bars"])
  }

  @Test("a model survives writing and reading, bit for bit")
  func roundTrip() throws {
    let model = try Self.model()
    let read = try ModelFile.decode(ModelFile.encode(model))
    #expect(read.weights == model.weights)
    #expect(read.classNames == model.classNames)
    #expect(read.normalization == model.normalization)
    #expect(read.facts == model.facts)
    #expect(read.network.architecture.text == model.network.architecture.text)
    #expect(read.network.input == model.network.input)
  }

  /// A file from a header and a number of bytes of values.
  static func file(_ header: String, values: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes += $0 }
    return bytes + Array(header.utf8) + [UInt8](repeating: 0, count: values)
  }

  static func tensor(_ name: String, _ shape: String, _ offsets: String, type: String = "F32")
    -> String
  {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
  }

  @Test(
    "broken containers are refused with a reason",
    arguments: [
      ([1, 2, 3], NetworkError.notSafetensors("it has only 3 bytes")),
      (
        [UInt8](repeating: 255, count: 100),
        .notSafetensors("its first 8 bytes are no length of a header")
      ),
      (
        Array("\u{89}PNG\r\n and more than that".utf8),
        .notSafetensors("its first 8 bytes are no length of a header")
      ),
      (file("[1]"), .notSafetensors("its header doesn't start with {")),
      (Array(file("{\"a\":1}").dropLast(2)), .damaged("the header of 7 bytes is cut off")),
      (file("{\"a\":}"), .damaged("the header is no JSON, or names a tensor twice")),
      (
        file(
          "{\"a\":" + String(repeating: "[", count: 100_000)
            + String(repeating: "]", count: 100_000) + "}"),
        .damaged("the header is no JSON, or names a tensor twice")
      ),
      (file("{\"a\":1,\"a\":1}"), .damaged("the header is no JSON, or names a tensor twice")),
      (file("{\"__metadata__\":{\"a\":1}}"), .damaged("the metadata a are no text")),
      (file("{\"a\":{}}"), .damaged("tensor a has no dtype")),
      (
        file("{\(tensor("a", "2", "0,4", type: "F4"))}", values: 4),
        .foreign("tensor a is F4, models here are F32")
      ),
      (
        file(
          "{\"__metadata__\":{\"format\":\"convfilter\"},\(tensor("a", "2", "0,4", type: "F16"))}",
          values: 4), .foreign("tensor a is F16, models here are F32")
      ),
      (
        file("{\(tensor("a", "2", "0,8"))}", values: 7),
        .damaged("tensor a ends beyond the file: it is cut off")
      ),
      (
        file("{\(tensor("a", "2", "8,0"))}", values: 8),
        .damaged("tensor a ends beyond the file: it is cut off")
      ),
      (
        file("{\(tensor("a", "3", "0,8"))}", values: 8),
        .damaged("tensor a: 8 bytes for 3 values of 4 bytes")
      ),
      (
        file("{\(tensor("a", "4294967296,4294967296,4294967296", "0,8"))}", values: 8),
        .damaged("tensor a is larger than the file")
      ),
      (
        file("{\(tensor("a", "-1", "0,8"))}", values: 8),
        .damaged("tensor a has no shape or no offsets")
      ),
      (
        file("{\(tensor("a", "1.5", "0,8"))}", values: 8),
        .damaged("tensor a has no shape or no offsets")
      ),
      (
        file("{\(tensor("a", "2", "0,8")),\(tensor("b", "1", "4,8"))}", values: 8),
        .damaged("tensor b overlaps another")
      ),
      (file("{\(tensor("a", "1", "4,8"))}", values: 8), .damaged("a gap before tensor a")),
      (file("{\(tensor("a", "1", "0,4"))}", values: 8), .damaged("4 bytes behind the last tensor")),
      (
        file("{\(tensor("a", "1", "0,4"))}", values: 4),
        .foreign(
          "its metadata don't describe a network, and its tensors are not those of "
            + "efficientnet-lite0, efficientnet-lite0-timm, resnet18, resnet34")
      ),
    ])
  func broken(bytes: [UInt8], error: NetworkError) {
    #expect(throws: error) { try ModelFile.decode(bytes) }
  }

  @Test("a model cut off anywhere, or with a flipped header byte, never crashes")
  func damage() throws {
    let bytes = ModelFile.encode(try Self.model())
    let header = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    for length in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: NetworkError.self) { try ModelFile.decode(Array(bytes[..<length])) }
    }
    for index in 0..<header {
      var damaged = bytes
      damaged[index] ^= 1 << UInt8(index % 7)
      _ = try? ModelFile.decode(damaged)
    }
  }

  static func changed(_ change: (inout Safetensors) -> Void) throws -> [UInt8] {
    var file = try Safetensors(ModelFile.encode(model()))
    change(&file)
    return file.encoded()
  }

  @Test("files that don't match their architecture are refused by name")
  func mismatches() throws {
    #expect(throws: NetworkError.missingTensor("conv1.weight")) {
      try ModelFile.decode(Self.changed { $0.tensors.removeFirst() })
    }
    #expect(throws: NetworkError.unexpectedTensor("more")) {
      try ModelFile.decode(
        Self.changed { $0.tensors.append(.init("more", shape: [1], values: [0])) })
    }
    #expect(throws: NetworkError.tensorShape("conv1.bias", expected: [8], found: [2, 4])) {
      try ModelFile.decode(Self.changed { $0.tensors[1].shape = [2, 4] })
    }
    #expect(throws: NetworkError.damaged("tensor conv1.bias holds values that are no numbers")) {
      try ModelFile.decode(Self.changed { $0.tensors[1].values[3] = .nan })
    }
    func metadata(_ name: String, _ value: String) throws -> [UInt8] {
      try Self.changed { file in
        let index = file.metadata.firstIndex { $0.name == name }!
        file.metadata[index].value = value
      }
    }
    #expect(throws: NetworkError.newerFormat(2)) {
      try ModelFile.decode(metadata("format_version", "2"))
    }
    #expect(throws: NetworkError.damaged("1 class names for 2 outputs")) {
      try ModelFile.decode(metadata("classes", "[\"a\"]"))
    }
    #expect(throws: NetworkError.damaged("a deviation is not above 0")) {
      try ModelFile.decode(metadata("deviation", "[0]"))
    }
    #expect(throws: NetworkError.damaged("the metadata mean need 1 numbers")) {
      try ModelFile.decode(metadata("mean", "[0,1]"))
    }
    #expect(throws: NetworkError.self) { try ModelFile.decode(metadata("architecture", "dense")) }
    #expect(throws: NetworkError.damaged("mean and deviation are too far apart")) {
      try ModelFile.decode(metadata("mean", "[3e38]"))
    }
  }

  /// A model file of a description without a tensor: some 300 bytes.
  static func hollow(_ architecture: String) -> [UInt8] {
    let metadata = [
      ("format", "convfilter"), ("format_version", "1"), ("kind", "model"),
      ("architecture", architecture), ("classes", "[\"a\",\"b\"]"), ("mean", "[0]"),
      ("deviation", "[1]"), ("facts", "{}"),
    ]
    return Safetensors(metadata: metadata.map { (name: $0.0, value: $0.1) }, tensors: []).encoded()
  }

  @Test("a short file that describes gigabytes is refused before anything is allocated")
  func hollow() {
    // Four gigabytes of weights, had they been made before they were missed.
    #expect(throws: NetworkError.missingTensor("dense1.weight")) {
      try ModelFile.decode(
        Self.hollow("input 128x128x1; flatten; dense 32768 relu; dense 2"))
    }
    func misfit(_ column: Int, _ problem: NetworkError) -> NetworkError {
      .misfit(at: TextPosition(line: 1, column: column), problem)
    }
    #expect(throws: misfit(24, .tooLarge(layer: "batchnorm1"))) {
      try ModelFile.decode(
        Self.hollow("input 4096x4096x16384; batchnorm; globalavgpool; dense 2"))
    }
    let large = FeatureShape(height: 32768, width: 32768, channels: 1)
    #expect(throws: NetworkError.imageTooLarge(large, side: 4096)) {
      try ModelFile.decode(Self.hollow("input 32768x32768x1; maxpool 255; globalavgpool"))
    }
    #expect(throws: misfit(20, .tooSlow(layer: "maxpool1"))) {
      try ModelFile.decode(
        Self.hollow("input 4096x4096x2; maxpool 255 stride 1 same; globalavgpool"))
    }
  }
}
