import ConvEngine
import ConvNet
import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("apply, filters of models")
struct ModelFilterTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    let network = try Network(
      Architecture("conv 4 3x3; flatten; dense 2"),
      input: FeatureShape(height: 9, width: 10, channels: 3))
    let model = try Model(
      network: network, weights: Weights(network, seed: 6), classNames: ["a", "b"],
      normalization: Normalization(mean: [0.49, 0.48, 0.45], deviation: [0.25, 0.24, 0.26]))
    try folder.write(ModelFile.encode(model), to: "m.safetensors")
    try folder.write(
      TestPictures.png(10, 9, .rgb, TestPictures.noise(270, 4)), to: "in.png")
  }

  @Test("yields what the layer computes, a plane of the windows that lie inside")
  func layer() throws {
    let result = try CommandRunner.apply(
      folder("m.safetensors") + ":conv1/2", folder("in.png"), folder("out.png"))
    #expect(result.status == .exited(0), "\(result.errors)")
    let picture = try decode(folder.read("out.png") ?? [])
    #expect(picture.format.color == .gray)
    #expect(picture.format.width == 8 && picture.format.height == 7)
    let model = try ModelFile.decode(folder.read("m.safetensors") ?? [])
    let levels = try TestPictures.samples(folder.read("in.png")) ?? []
    let map = Inspector(model, team: .forNetworks(threads: 1)).maps(of: levels.map { Float($0) })[0]
      .map(2)
    let samples: [UInt8] = picture.samples()
    for (sample, value) in zip(samples, map) {
      #expect(abs(Float(sample) - min(max(value * 255, 0), 255)) <= 0.51)
    }
  }

  @Test(
    "what is no filter of a model is wrong usage",
    arguments: [("m.safetensors:conv9/0", "conv9"), ("no.safetensors:conv1/0", "no such file")])
  func unknown(spec: String, message: String) throws {
    let result = try CommandRunner.apply(spec, "in.png", "out.png", folder: folder.path)
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
