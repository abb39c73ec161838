import ConvNet
import TestSupport
import Testing

@Suite("train and evaluate, on tar archives")
struct TrainArchiveTests {
  @Test("archives teach what the same pictures in folders teach")
  func same() throws {
    let training = try SmallTraining()
    try training.writePictures("pictures")
    // Samples as WebDataset names them, those of a class one after the other, as folders have them.
    let script = """
      n=0
      for class in dark gray light; do
        for number in 0 1 2 3 4 5 6 7 8 9; do
          key=$(printf %04d $n); n=$((n + 1)); shard=$((n % 2))
          mkdir -p samples shards
          cp pictures/$class/$number.png samples/$key.png
          printf '%s\\n' $class > samples/$key.cls
        done
      done
      tar -C samples -cf shards/0000.tar $(cd samples; ls | head -30)
      tar -C samples -cf shards/0001.tar $(cd samples; ls | tail -30)
      """
    let made = try RunningCommand(
      "/bin/bash", ["-c", script], environment: [:], folder: training.folder.path
    ).wait(timeout: 60)
    try #require(made.status == .exited(0), "\(made.errors)")
    for data in ["pictures", "shards"] {
      let result = try training.run(
        "train", data, "--layers", "conv 4 3x3 relu; flatten; dense 3", "--epochs", "2", "--output",
        data + ".safetensors", "--quiet")
      #expect(result.status == .exited(0), "\(result.errors)")
    }
    let (folders, archives) = try (
      training.model("pictures.safetensors"), training.model("shards.safetensors")
    )
    #expect(folders.classNames == archives.classNames)
    #expect(folders.weights == archives.weights)
    func figures(_ data: String) throws -> String {
      let result = try training.run("evaluate", "pictures.safetensors", data, "--json")
      #expect(result.status == .exited(0), "\(result.errors)")
      return result.text
    }
    #expect(try figures("pictures") == figures("shards"))
    let one = try training.run("evaluate", "pictures.safetensors", "shards/0001.tar")
    #expect(one.text.contains("support"), "\(one.errors)")
  }
}
